/**
 * The properties that a resource's constructor passes on: the arguments as JSON, and facts that the provider has no
 * other way to learn.
 */
import * as pulumi from "@pulumi/pulumi";
import { Provider, aom, cloudflow, functiongraph } from "pulumi-runbook";
import { noteOf } from "../../provider/src/fronts/dynamic/argumentDigests";

type Bag = Record<string, unknown>;
type Transformation = pulumi.ResourceTransformation;

const registered = new Map<string, Bag>();

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      registered.set(name, inputs as Bag);
      return { id: `${name}-id`, state: inputs as Bag };
    },
    call: () => ({}),
  });
});

/** The properties with which a resource is registered. */
async function inputsOf(resource: pulumi.CustomResource): Promise<Bag> {
  const id = await new Promise<string>((done) => resource.id.apply(done));
  return registered.get(id.slice(0, -"-id".length))!;
}

async function metaOf(resource: pulumi.CustomResource): Promise<Bag> {
  return (await inputsOf(resource))["__meta"] as Bag;
}

/** A transformation that adds to the arguments and options of executions. */
const adding =
  (props: Bag, opts: Bag = {}): Transformation =>
  ({ type, ...args }) =>
    type.endsWith("WorkflowExecution")
      ? { props: { ...args.props, ...props }, opts: { ...args.opts, ...opts } }
      : undefined;

test("the URN, the options, and a note of what may hold a secret", async () => {
  const meta = await metaOf(
    new functiongraph.WorkflowExecution(
      "noted",
      {
        workflowId: "wf",
        input: { at: new Date(0) },
        headers: { authorization: pulumi.secret("hunter2") },
        region: pulumi.output("cn-north-4"),
      },
      { customTimeouts: { create: "5m" }, ignoreChanges: ["input.b"], replaceOnChanges: ["endpoint"] },
    ),
  );
  expect(meta).toEqual({
    urn: "urn:pulumi:stack::project::pulumi-nodejs:functiongraph:WorkflowExecution::noted",
    customTimeouts: { create: "5m" },
    ignoreChanges: ["input.b"],
    replaceOnChanges: ["endpoint"],
    notes: {
      input: { at: noteOf("1970-01-01T00:00:00.000Z") },
      headers: { authorization: "secret" },
      region: noteOf("cn-north-4"),
    },
  });
});

test("notes depend on no resource, and are no secrets", async () => {
  const inputs = await inputsOf(
    new cloudflow.WorkflowExecution("plain-notes", {
      flowName: "f",
      input: { password: pulumi.secret("hunter2") },
    }),
  );
  expect(JSON.stringify(inputs["__meta"])).not.toContain("hunter2");
  expect((inputs["__meta"] as Bag)["notes"]).toEqual({ input: { password: "secret" } });
});

describe("transformations", () => {
  test("what they make of arguments and options counts", async () => {
    const transformation = adding(
      { input: { password: pulumi.secret("hunter2"), at: new Date(0) }, triggers: { a: 1 } },
      { customTimeouts: { create: "1s" }, ignoreChanges: ["triggers"] },
    );
    const resource = new functiongraph.WorkflowExecution(
      "transformed",
      { workflowId: "wf", input: { a: 1 } },
      { transformations: [transformation] },
    );
    const inputs = await inputsOf(resource);
    expect(inputs).toMatchObject({
      input: { value: { at: "1970-01-01T00:00:00.000Z", password: "hunter2" } },
      triggers: { a: 1 },
    });
    expect(inputs["__meta"]).toMatchObject({
      customTimeouts: { create: "1s" },
      ignoreChanges: ["triggers"],
      notes: { input: { password: "secret" }, triggers: { a: noteOf(1) } },
    });
    expect(inputs["__provider"]).toBe(
      'exports.handler = () => require("pulumi-runbook/provider").functiongraph;',
    );
  });

  test("also those of a parent, and those that change what they are given in its place", async () => {
    const inPlace: Transformation = ({ name, props }) => {
      if (name === "child") (props["triggers"] as Bag)["key"] = pulumi.secret("hunter2");
      return undefined;
    };
    const parent = new pulumi.ComponentResource(
      "test:index:Site",
      "site",
      {},
      {
        transformations: [inPlace, adding({ onDelete: "leave" })],
      },
    );
    const resource = new aom.WorkflowExecution("child", { workflowId: "wf", triggers: {} }, { parent });
    expect(await inputsOf(resource)).toMatchObject({
      onDelete: "leave",
      __meta: { notes: { triggers: { key: "secret" } } },
    });
  });

  test("ours is handed on to no child, and changes nothing of what others see", async () => {
    const seen: Bag[] = [];
    const look: Transformation = ({ props }) => {
      seen.push(props);
      return undefined;
    };
    const resource = new aom.WorkflowExecution(
      "with-child",
      { workflowId: "wf" },
      { transformations: [look] },
    );
    class Child extends pulumi.CustomResource {}
    const child = new Child("test:index:Child", "its-child", { mine: 1 }, { parent: resource });
    expect((resource as unknown as Bag)["__transformations"]).toEqual([look]);
    expect((child as unknown as Bag)["__transformations"]).toEqual([look]);
    expect(await inputsOf(child)).toEqual({ mine: 1 });
    expect(seen).toMatchObject([{ workflowId: "wf" }, { mine: 1 }]);
  });

  test("one that constructs another execution disturbs neither", async () => {
    const constructing: Transformation = ({ name, props, opts }) => {
      if (name !== "outer") return undefined;
      new aom.WorkflowExecution("inner", { workflowId: "wf-inner" }, { transformations: [adding({})] });
      return { props: { ...props, triggers: { b: 1 } }, opts };
    };
    const outer = new cloudflow.WorkflowExecution(
      "outer",
      { flowName: "f" },
      { transformations: [constructing] },
    );
    expect(await inputsOf(outer)).toMatchObject({
      flowName: "f",
      triggers: { b: 1 },
      __provider: 'exports.handler = () => require("pulumi-runbook/provider").cloudflow;',
      __meta: { urn: expect.stringMatching(/cloudflow:WorkflowExecution::outer$/) },
    });
    expect(registered.get("inner")).toMatchObject({ workflowId: "wf-inner" });
  });

  test("without any, nothing is added to what the SDK goes through", () => {
    const resource = new aom.WorkflowExecution("untransformed", { workflowId: "wf" });
    expect((resource as unknown as Bag)["__transformations"]).toEqual([]);
  });
});

test("what JSON can't hold is refused at the user's line, by resource, argument and path, without a stack", () => {
  function declareBadly(): unknown {
    const input = { list: [new Set([1])], at: new Date(NaN) };
    return new functiongraph.WorkflowExecution("bad", { workflowId: "wf", input });
  }
  try {
    declareBadly();
    throw new Error("it was not refused");
  } catch (error) {
    // The SDK prints the message of these, and nothing else.
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(
      new RegExp(
        [
          'functiongraph.WorkflowExecution "bad": 2 values cannot be represented in JSON',
          "  input.list\\[0\\] is a Set: give a list, \\[...value\\]",
          "  input.at is an invalid Date: give a valid one, or null",
          "  at declareBadly \\(.*executionResource.test.ts:\\d+:\\d+\\)$",
        ].join("\n"),
      ),
    );
  }
  const transformations = [adding({ triggers: { order: 1n } })];
  expect(() => new aom.WorkflowExecution("bad", { workflowId: "wf" }, { transformations })).toThrow(
    /"bad": one value cannot be represented in JSON\n {2}triggers.order is a BigInt.*\n {2}at .*executionResource.test.ts/,
  );
});

// Programs in JavaScript take the spelling of the vendors' documents, which is honoured: so that is a secret too.
test.each([
  ["huaweicloud", "secretKey"],
  ["huaweicloud", "secret_key"],
  ["huaweicloud", "security_token"],
  ["huaweicloud", "assume_role_with_oidc"],
  ["alicloud", "secret_key"],
  ["alicloud", "credentialsUri"],
] as const)("a provider's settings that are secrets stay so: %s:%s", async (namespace, name) => {
  const settings = name.endsWith("oidc") ? { id_token: "emulator" } : "emulator-secret-key-0001";
  const provider = new Provider("account", { [namespace]: { region: "cn-north-4", [name]: settings } });
  const outputs = provider as unknown as Record<string, pulumi.Output<string>>;
  expect(await pulumi.isSecret(outputs[`${namespace}:${name}`]!)).toBe(true);
  expect(await pulumi.isSecret(outputs[`${namespace}:region`]!)).toBe(false);
});
