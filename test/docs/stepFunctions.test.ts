/**
 * docs/reference/step-functions.md: the table of errors says what the code does with them.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import model from "../seeds/stepFunctionsModel.json";
import { RunNameTakenError } from "../../provider/src/ground/errors";
import { systemClock } from "../../provider/src/ground/clock";
import { expiredKeyCodes, toAwsError } from "../../provider/src/services/aws/serviceErrors";
import { alreadyExists } from "../../provider/src/services/aws/stepfunctions/answers";

const page = readFileSync(resolve(__dirname, "../../docs/reference/step-functions.md"), "utf8");
const section = (heading: string): string =>
  page.split(new RegExp(`^#+ ${heading}$`, "m"))[1]!.split(/^#+ /m)[0]!;

describe("errors", () => {
  const rows = section("Errors of the service")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => {
      const [, codes = "", code = "", again = "", remedy = ""] = line.split("|").map((cell) => cell.trim());
      return [...codes.matchAll(/`(\w+)`/g)].map(([, name]) => ({ name: name!, code, again, remedy }));
    });

  test("every error of the model has a row", () => {
    const known = new Set(Object.values(model.operations).flatMap(({ errors }) => errors));
    const documented = new Set(rows.map(({ name }) => name));
    expect([...known].filter((name) => !documented.has(name))).toEqual([]);
  });

  test.each(rows)("$name is $code, sent again: $again", ({ name, code, again, remedy }) => {
    const read = toAwsError(systemClock, { notFound: "", permission: "" });
    const answer = { status: 400, header: () => undefined, text: JSON.stringify({ __type: name }) };
    const error = read(answer, { operation: "StartExecution", method: "POST", url: "https://states" });
    const own =
      name === alreadyExists ? new RunNameTakenError("", { isSentAgain: false, cause: error }) : error;
    expect(code).toBe(`\`${own.code}\``);
    expect(again).toBe(error.retryable ? "yes" : expiredKeyCodes.has(name) ? "once" : "no");
    expect(remedy).not.toBe("");
  });
});
