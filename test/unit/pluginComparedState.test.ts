/**
 * The state as a comparison needs it: arguments as the inputs have them, the outcome as the outputs have it.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { reasonsOf } from "../../provider/src/fronts/dynamic/differences";
import { comparedState } from "../../provider/src/fronts/plugin/comparedState";
import { readImportId } from "../../provider/src/fronts/plugin/importId";
import { readProperties } from "../../provider/src/fronts/plugin/properties";
import type { Properties } from "../../provider/src/fronts/plugin/properties";
import { diff } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";

const properties = (bag: Record<string, unknown>): Properties =>
  readProperties(Struct.fromJavaScript(bag as never));

const outcome = { executionId: "ex-1", status: "succeeded", region: "cn-north-4", projectId: "p".repeat(32) };
const compare = (inputs: object, outputs: object, news: Record<string, unknown>): string[] => {
  const stored = comparedState(
    services.aom,
    properties({ ...inputs }),
    properties({ ...outcome, ...outputs }),
  );
  return reasonsOf(diff(services.aom, "ex-1", stored, news).changes);
};

test("after an update that failed, the inputs are those of before: the change is still to be made", () => {
  const news = { workflowId: "wf", timeoutSeconds: 9 };
  expect(compare({ workflowId: "wf", timeoutSeconds: 5 }, news, news)).toEqual([
    "timeoutSeconds changed (no new run)",
  ]);
  // The engine has put the stored inputs in the place of the program's (ignoreChanges).
  const ignored = { workflowId: "wf", timeoutSeconds: 5 };
  expect(compare(ignored, { workflowId: "wf", timeoutSeconds: 9 }, ignored)).toEqual([]);
});

test("where it runs is in the outputs: a region that the program names now is no change", () => {
  expect(
    compare({ workflowId: "wf" }, { workflowId: "wf" }, { workflowId: "wf", region: "cn-north-4" }),
  ).toEqual([]);
  expect(
    compare({ workflowId: "wf" }, { workflowId: "wf" }, { workflowId: "wf", region: "cn-east-3" }),
  ).toEqual(["region changed"]);
});

test("an argument that was taken out is one that the inputs have", () => {
  expect(
    compare({ workflowId: "wf", executionKey: "a" }, { workflowId: "wf" }, { workflowId: "wf" }),
  ).toEqual(["executionKey was removed"]);
});

test("an engine that gives no old inputs: the outputs repeat the arguments", () => {
  expect(
    compare({}, { workflowId: "wf", triggers: { a: "1" } }, { workflowId: "wf", triggers: { a: "2" } }),
  ).toEqual(["triggers.a changed"]);
});

test("what a dynamic provider keeps for itself is no argument", () => {
  const stored = { workflowId: "wf", __provider: "exports.handler = …", __meta: { urn: "urn" } };
  expect(properties(stored).args).toEqual({ workflowId: "wf" });
  expect(properties(stored).raw).toEqual({ workflowId: "wf" });
});

describe("the id of an import", () => {
  test.each<[keyof typeof services, string, Record<string, unknown>]>([
    ["aom", "wf/ex", { workflowId: "wf" }],
    ["aom", "cn-north-4/wf/ex", { region: "cn-north-4", workflowId: "wf" }],
    ["aom", "cn-north-4/p/wf/ex", { region: "cn-north-4", projectId: "p", workflowId: "wf" }],
    ["functiongraph", "wf/ex", { workflowId: "wf" }],
    ["coc", "DM1/ex", { documentId: "DM1" }],
    ["coc", "europe/DM1/ex", { site: "europe", documentId: "DM1" }],
    ["cloudflow", "flow/ex", { flowName: "flow" }],
    ["cloudflow", "cn-hangzhou/flow/ex", { region: "cn-hangzhou", flowName: "flow" }],
  ])("%s: %s", (service, id, args) => {
    expect(readImportId(services[service], id, {})).toEqual({ executionId: "ex", args });
  });

  test.each<[keyof typeof services, string]>([
    ["aom", "ex"],
    ["aom", ""],
    ["aom", "/ex"],
    ["aom", "wf/"],
    ["aom", "a/b/c/d/e"],
    ["cloudflow", "a/b/c/d"],
    ["coc", "a/b/c/d"],
  ])("%s: %j is refused with the form", (service, id) => {
    expect(() => readImportId(services[service], id, {})).toThrow(
      /write "<(workflowId|flowName|documentId)>\/<executionId>"/,
    );
  });

  test("with arguments that name the workflow the execution's own id is enough", () => {
    expect(readImportId(services.aom, "ex", { workflowId: "wf" })).toEqual({
      executionId: "ex",
      args: { workflowId: "wf" },
    });
  });
});
