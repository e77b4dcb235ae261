/**
 * The services' reference pages: the generated parts are current, each page has the same sections, and the tables of statuses
 * are those of the code.
 */
import { readFileSync } from "node:fs";
import { toExecutionStatus as toCloudFlowStatus } from "../../provider/src/services/alibaba/cloudflow/statuses";
import { toExecutionStatus as toStepFunctionsStatus } from "../../provider/src/services/aws/stepfunctions/statuses";
import { toExecutionStatus as toAomStatus } from "../../provider/src/services/huawei/aom/statuses";
import { toExecutionStatus as toCocStatus } from "../../provider/src/services/huawei/coc/statuses";
import { toExecutionStatus as toFunctionGraphStatus } from "../../provider/src/services/huawei/functiongraph/statuses";
import type { ServiceName } from "../../provider/src/services/registry";
import { services } from "../../provider/src/services/registry";
import { evaluate, inRepository, startNode } from "../tools/toolProcess";

interface Documented {
  readonly page: string;
  /** The file with the words, without its ending. */
  readonly words: string;
  readonly toStatus: (rawStatus: string) => string;
}

const documented: Readonly<Record<ServiceName, Documented>> = {
  aom: { page: "aom", words: "huawei/aom", toStatus: toAomStatus },
  functiongraph: { page: "functiongraph", words: "huawei/functiongraph", toStatus: toFunctionGraphStatus },
  coc: { page: "coc", words: "huawei/coc", toStatus: toCocStatus },
  cloudflow: { page: "cloudflow", words: "alibaba/cloudflow", toStatus: toCloudFlowStatus },
  stepfunctions: { page: "step-functions", words: "aws/stepfunctions", toStatus: toStepFunctionsStatus },
};

const read = (path: string): string => readFileSync(inRepository(path), "utf8").replaceAll("\r\n", "\n");

test("the generated parts are current", async () => {
  const { code, stderr } = await startNode([inRepository("tools/docs.mjs"), "--check"]).ending;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("every service has a page", () => {
  expect(Object.keys(documented).sort()).toEqual(Object.keys(services).sort());
});

describe.each(Object.entries(documented))("%s", (service, { page, words, toStatus }) => {
  const text = read(`docs/reference/${page}.md`);

  test("the page has its sections, in their order", () => {
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings.slice(0, 8)).toEqual([
      "Example",
      "When it is complete, and when it fails",
      "Arguments",
      "Outputs",
      "Status",
      "Functions",
      "Limits",
      "Permissions",
    ]);
    expect(text).toContain(`new ${service}.WorkflowExecution(`);
  });

  test("the table of statuses has the service's words with their meaning", () => {
    const section = text.split(/^## Status$/m)[1]!.split(/^## /m)[0]!;
    const rows = [...section.matchAll(/^\| `(\w+)` +\| (.*?) +\|/gm)].flatMap(([, status, cell]) =>
      [...cell!.matchAll(/`(\w+)`/g)].map(([, word]) => ({ status, word: word! })),
    );
    for (const { status, word } of rows) expect({ word, status: toStatus(word) }).toEqual({ word, status });
    // The words are in one literal of the file.
    const [, literal] = /Object\.entries\(\{([^}]*)\}/.exec(
      read(`provider/src/services/${words}/statuses.ts`),
    )!;
    const known = [...literal!.matchAll(/^\s*(\w+):/gm)].map(([, word]) => word!.toLowerCase());
    expect(rows.map(({ word }) => word.toLowerCase()).sort()).toEqual(known.sort());
  });
});

test("a page without a mark for a part, or with a mark too many, is refused", async () => {
  const fill = (page: string, parts: object): Promise<unknown> =>
    evaluate(`
      import { fillMarks } from "tools/docs/marks.mjs";
      console.log(JSON.stringify(fillMarks(${JSON.stringify(page)}, ${JSON.stringify(parts)})));
    `);
  const marked = "a\n<!-- generated: x -->\nold\n<!-- end of generated part -->\nb\n";
  await expect(fill(marked, { x: "new" })).resolves.toBe(
    "a\n<!-- generated: x -->\n\nnew\n\n<!-- end of generated part -->\nb\n",
  );
  await expect(fill(marked, {})).rejects.toThrow(/marks and generated parts differ: x/);
  await expect(fill("a", { x: "new" })).rejects.toThrow(/marks and generated parts differ: x/);
});

test("a comment and a table that disagree about a change are refused", async () => {
  const made = evaluate(`
    import { ServicePage } from "tools/docs/servicePage.mjs";
    import { ProgramTypes } from "tools/schema/programTypes.mjs";
    const types = new ProgramTypes(${JSON.stringify(inRepository(""))}, ["aom"]);
    const anything = new Proxy({}, { get: () => ({ replaces: false, rule: { type: "string" } }) });
    new ServicePage(types, "aom").parts(anything);
  `);
  await expect(made).rejects.toThrow(/aom\.\w+: comment and table disagree about a change/);
});
