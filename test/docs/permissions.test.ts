/**
 * docs/reference/permissions.md: every operation that the client sends has its permission, and each policy allows the
 * permissions of its table, neither more nor fewer. The tables of Step Functions name the resource of each operation.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import model from "../seeds/stepFunctionsModel.json";

const read = (page: string): string =>
  readFileSync(resolve(__dirname, "../../docs/reference", page), "utf8").replaceAll("\r\n", "\n");
const sections = read("permissions.md")
  .split(/^## /m)
  .slice(1)
  .map((text) => [text.slice(0, text.indexOf("\n")), text] as const);

/** The service that a section is about, as the table of operations names it. */
const services: Readonly<Record<string, string>> = {
  "Huawei Cloud AOM": "aom",
  "Huawei Cloud COC": "coc",
  "Huawei Cloud FunctionGraph": "functiongraph",
  "Alibaba Cloud CloudFlow": "cloudflow",
  "AWS Step Functions": "stepfunctions",
};

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: string | readonly string[];
}

/** Permissions and operations of a table. */
function rowsOf(section: string): { permission: string; operations: string[] }[] {
  return section
    .split("\n")
    .filter((line) => /^\| [`_]/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, permission, operations]) => ({
      permission: permission!.replace(/[`_]/g, ""),
      operations: operations!.split(", ").filter((name) => name !== ""),
    }));
}

function statementsOf(section: string): Statement[] {
  const [, json] = /```json\n([^]*?)```/.exec(section) ?? [];
  return json === undefined ? [] : (JSON.parse(json) as { Statement: Statement[] }).Statement;
}

test("every service has a section", () => {
  expect(Object.fromEntries(sections.map(([heading]) => [heading, services[heading]]))).toEqual(services);
});

describe.each(sections)("%s", (heading, section) => {
  test("each operation that is sent has one row", () => {
    const sent = [...read("api-operations.md").matchAll(/^\| (\w+) +\| (\w+) +\| `.*?` +\| yes /gm)]
      .filter(([, service]) => service === services[heading])
      .map(([, , operation]) => operation);
    expect(sent.length).toBeGreaterThan(4);
    const documented = rowsOf(section).flatMap(({ operations }) => operations);
    expect(documented.sort()).toEqual(sent.sort());
  });

  test("the policy allows the permissions of the table", () => {
    const policy = statementsOf(section);
    for (const { Effect } of policy) expect(Effect).toBe("Allow");
    const allowed = policy.flatMap(({ Action }) => Action);
    // A key is not of every state machine, and a system policy has no text.
    const needed = rowsOf(section)
      .map(({ permission }) => permission)
      .filter((permission) => permission !== "kms:Decrypt" && !permission.startsWith("FunctionGraph "));
    expect([...allowed].sort()).toEqual([...new Set(needed)].sort());
  });
});

test("Step Functions: each action is allowed on the resource that the operation names", () => {
  const [, section] = sections.find(([heading]) => services[heading] === "stepfunctions")!;
  const actions = statementsOf(section).flatMap(({ Action, Resource }) =>
    Action.map((action) => ({ action, isOfExecutions: JSON.stringify(Resource).includes(":execution:") })),
  );
  expect(actions.map(({ action }) => action).sort()).toEqual(
    Object.keys(model.operations)
      .map((operation) => `states:${operation}`)
      .sort(),
  );
  for (const { action, isOfExecutions } of actions) {
    const operation = action.replace("states:", "") as keyof typeof model.operations;
    expect([action, Object.keys(model.operations[operation].parameters)]).toEqual([
      action,
      expect.arrayContaining([isOfExecutions ? "executionArn" : "stateMachineArn"]),
    ]);
  }
});
