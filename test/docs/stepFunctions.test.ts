/**
 * docs/reference/step-functions.md: permissions and policy are those of the operations that the client
 * sends, and the table of errors says what the code does with them.
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
const actions = Object.keys(model.operations)
  .map((operation) => `states:${operation}`)
  .sort();

test("the table of permissions has every operation, and the policy allows every operation", () => {
  const text = section("Permissions");
  const rows = [...text.matchAll(/^\| `(states:\w+)`/gm)].map(([, action]) => action);
  expect(rows.sort()).toEqual(actions);
  const [, json = ""] = /```json\n([^]*?)```/.exec(text) ?? [];
  const policy = JSON.parse(json) as { Statement: { Action: string[]; Resource: string | string[] }[] };
  expect(policy.Statement.flatMap(({ Action }) => Action).sort()).toEqual(actions);
  // Each of them on the resource that its own ARN names: an execution, or the state machine.
  for (const { Action, Resource } of policy.Statement) {
    const kind = JSON.stringify(Resource).includes(":execution:") ? "executionArn" : "stateMachineArn";
    for (const action of Action) {
      const operation = action.replace("states:", "") as keyof typeof model.operations;
      expect([action, Object.keys(model.operations[operation].parameters)]).toEqual([
        action,
        expect.arrayContaining([kind]),
      ]);
    }
  }
});

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
