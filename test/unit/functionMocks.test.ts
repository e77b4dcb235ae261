/**
 * The functions under the SDK's mocks: these answer, and nothing is asked of anybody. Also what their options mean, as far as
 * no engine is needed for that.
 */
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { Provider, aom, cloudflow, functiongraph } from "../../provider/src";
import { knownSettings, settingsOfProvider, whenReady } from "../../provider/src/program/functionOptions";
import { collect } from "../support/sessions";

interface Call {
  readonly token: string;
  readonly inputs: unknown;
  readonly provider: string | undefined;
}

const calls: Call[] = [];
let answer: (call: Call) => Record<string, unknown> = () => ({});

/** Resources that a preview does not know yet. */
const unborn = new Set<string>();

async function mock(preview = false): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({
        id: preview && unborn.has(name) ? undefined : `${name}-id`,
        state: inputs,
      }),
      call: ({ token, inputs, provider }) => {
        const call = { token, inputs: inputs as unknown, provider };
        calls.push(call);
        return answer(call);
      },
    },
    "project",
    "stack",
    preview,
  );
}

let server: Server;
let connections = 0;
let endpoint: string;
beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  process.env["HW_ACCESS_KEY"] = "ak";
  process.env["HW_SECRET_KEY"] = "sk";
});
afterAll(() => server.close());
beforeEach(async () => {
  await mock();
  calls.length = 0;
  answer = () => ({});
});
afterEach(() => {
  expect(connections).toBe(0);
});

const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  (output as unknown as { promise(): Promise<T> }).promise();
const isKnown = (output: pulumi.Output<unknown>): Promise<boolean> =>
  (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown;

describe("mocks answer", () => {
  const where = (): { region: string; endpoint: string } => ({ region: "cn-north-4", endpoint });

  test("the plain form, with the token and the arguments as the program gave them", async () => {
    answer = () => ({ executions: [{ executionId: "e-1" }] });
    const args = { workflowId: "w", limit: 3, ...where() };
    const { executions } = await aom.getWorkflowExecutions(args);
    expect(executions).toEqual([{ executionId: "e-1" }]);
    expect(calls).toEqual([{ token: "pulumi-nodejs:aom:getWorkflowExecutions", inputs: args, provider: "" }]);
  });

  test("the Output form, with outputs of other resources", async () => {
    answer = () => ({ status: "succeeded" });
    const patch = new aom.WorkflowExecution("patch", { workflowId: "w", ...where() });
    const looked = aom.getWorkflowExecutionOutput({ workflowId: patch.workflowId, executionId: patch.id });
    expect(await valueOf(looked.status)).toBe("succeeded");
    expect(calls).toEqual([
      {
        token: "pulumi-nodejs:aom:getWorkflowExecution",
        inputs: { workflowId: "w", executionId: "patch-id" },
        provider: "",
      },
    ]);
  });

  test("what is given one by one", async () => {
    answer = () => ({ executions: [{ executionId: "e-1" }, { executionId: "e-2" }] });
    const listed = await collect(cloudflow.listWorkflowExecutions({ flowName: "f", ...where() }));
    expect(listed.map(({ executionId }) => executionId)).toEqual(["e-1", "e-2"]);
    answer = () => ({});
    expect(await collect(functiongraph.listWorkflowExecutions({ workflowId: "w", ...where() }))).toEqual([]);
    expect(calls.map(({ token }) => token)).toEqual([
      "pulumi-nodejs:cloudflow:listWorkflowExecutions",
      "pulumi-nodejs:functiongraph:listWorkflowExecutions",
    ]);
  });

  test("all other functions", async () => {
    const one = { executionId: "e", ...where() };
    await aom.getWorkflowExecution({ workflowId: "w", ...one });
    await functiongraph.getWorkflowExecution({ workflowId: "w", ...one });
    await functiongraph.retryWorkflowExecution({ workflowId: "w", ...one });
    await cloudflow.getWorkflowExecution({ flowName: "f", ...one });
    await cloudflow.getExecutionHistory({ flowName: "f", ...one });
    await valueOf(cloudflow.getExecutionHistoryOutput({ flowName: "f", ...one }));
    expect(calls.map(({ token }) => token.replace("pulumi-nodejs:", ""))).toEqual([
      "aom:getWorkflowExecution",
      "functiongraph:getWorkflowExecution",
      "functiongraph:retryWorkflowExecution",
      "cloudflow:getWorkflowExecution",
      "cloudflow:getExecutionHistory",
      "cloudflow:getExecutionHistory",
    ]);
  });

  test("for a provider, which they are told", async () => {
    const provider = new Provider("acme", { huaweicloud: { region: "cn-east-3" } });
    await aom.getWorkflowExecutions({ workflowId: "w" }, { provider });
    expect(calls[0]!.provider).toBe(
      "urn:pulumi:stack::project::pulumi:providers:pulumi-nodejs::acme::acme-id",
    );
  });
});

describe("options that can't be honoured are refused by name", () => {
  const official = (): pulumi.ProviderResource =>
    new (class extends pulumi.ProviderResource {
      constructor() {
        super("huaweicloud", "official", {});
      }
    })();

  test.each<[string, () => unknown, RegExp]>([
    [
      "a misspelled one",
      () => ({ providr: 1 }),
      /^aom\.getWorkflowExecutions: the option "providr" does not exist: the options are async, parent, provider$/,
    ],
    ["no object", () => "provider", /the options must be an object/],
    ["a parent that is none", () => ({ parent: "p" }), /the option "parent" must be a resource/],
    [
      "a provider that is none",
      () => ({ provider: {} }),
      /the option "provider" must be a Provider of pulumi-runbook/,
    ],
    [
      "another package's provider",
      () => ({ provider: official() }),
      /the option "provider" is a provider of the package huaweicloud: give it a Provider of pulumi-runbook/,
    ],
    [
      "another resource as provider",
      () => ({ provider: new aom.WorkflowExecution("p", { workflowId: "w" }) }),
      /must be a Provider/,
    ],
    ["async false", () => ({ async: false }), /the option "async" can only be true/],
    ["a version", () => ({ version: "1.0.0" }), /the option "version" chooses a plugin, .* remove it/],
    [
      "dependsOn",
      () => ({ dependsOn: [] }),
      /the option "dependsOn" is only for the Output form: call aom\.getWorkflowExecutionsOutput/,
    ],
  ])("%s", async (_what, opts, message) => {
    const given = opts() as pulumi.InvokeOptions;
    await expect(aom.getWorkflowExecutions({ workflowId: "w" }, given)).rejects.toThrow(message);
    await expect(collect(aom.listWorkflowExecutions({ workflowId: "w" }, given))).rejects.toMatchObject({
      code: "WFX-INPUT",
    });
    expect(calls).toEqual([]);
  });

  test("in the Output form too", () => {
    expect(() =>
      aom.getWorkflowExecutionsOutput({ workflowId: "w" }, { depends: 1 } as pulumi.InvokeOutputOptions),
    ).toThrow('the option "depends" does not exist: the options are async, dependsOn, parent, provider');
  });

  test.each<[string, unknown]>([
    ["a text", "urn:pulumi:x"],
    ["a text in a list", ["urn:pulumi:x"]],
  ])("%s in dependsOn", (_what, dependsOn) => {
    const opts = { dependsOn } as pulumi.InvokeOutputOptions;
    expect(() => aom.getWorkflowExecutionsOutput({ workflowId: "w" }, opts)).toThrow(
      'the option "dependsOn" must be a resource or a list of resources',
    );
  });

  test("undefined ones are left out", async () => {
    const opts = { provider: undefined, parent: undefined, version: undefined } as object;
    await aom.getWorkflowExecutions({ workflowId: "w" }, opts);
    await aom.getWorkflowExecutions({ workflowId: "w" }, { async: true });
    expect(calls).toHaveLength(2);
  });
});

describe("the settings of a provider", () => {
  const token = "pulumi-nodejs:aom:getWorkflowExecutions";
  const read = (opts: pulumi.InvokeOptions): Promise<unknown> =>
    knownSettings("f", settingsOfProvider(token, opts)!);

  test("are those that a resource would get: secrets, outputs of other resources, maps", async () => {
    const other = new aom.WorkflowExecution("other", { workflowId: "w" });
    const provider = new Provider("acme", {
      huaweicloud: {
        region: other.workflowId.apply((id) => `region-${id}`),
        secretKey: pulumi.secret("s3cret"),
        endpoints: { aom: pulumi.output("https://aom.example") },
        allowInsecureHttp: true,
      },
      alicloud: { accessKey: "ak" },
    });
    expect(await read({ provider })).toEqual({
      "huaweicloud:region": "region-w",
      "huaweicloud:secretKey": "s3cret",
      "huaweicloud:endpoints": '{"aom":"https://aom.example"}',
      "huaweicloud:allowInsecureHttp": "true",
      "alicloud:accessKey": "ak",
    });
  });

  test("make no secret of what a function answers", async () => {
    const provider = new Provider("acme", { huaweicloud: { secretKey: pulumi.secret("s3cret") } });
    expect(await pulumi.isSecret(settingsOfProvider(token, { provider })!)).toBe(false);
  });

  test("are as a transformation leaves them", async () => {
    const provider = new Provider(
      "acme",
      { huaweicloud: { region: "cn-north-4" } },
      {
        transformations: [
          ({ props, opts }) => ({ props: { ...props, "huaweicloud:region": "cn-east-3" }, opts }),
        ],
      },
    );
    expect(await read({ provider })).toEqual({ "huaweicloud:region": "cn-east-3" });
  });

  test("are inherited from the parent, and the provider that is named takes precedence", async () => {
    const [acme, other] = ["acme", "other"].map(
      (name) => new Provider(name, { huaweicloud: { region: name } }),
    ) as [Provider, Provider];
    class App extends pulumi.ComponentResource {
      constructor(name: string, opts: pulumi.ComponentResourceOptions) {
        super("test:App", name, {}, opts);
      }
    }
    const app = new App("app", { providers: [acme] });
    const inner = new App("inner", { parent: app });
    const patch = new aom.WorkflowExecution("patch", { workflowId: "w" }, { parent: inner });
    for (const parent of [app, inner, patch]) {
      expect(await read({ parent })).toEqual({ "huaweicloud:region": "acme" });
    }
    expect(await read({ parent: app, provider: other })).toEqual({ "huaweicloud:region": "other" });
    expect(settingsOfProvider(token, { parent: new App("alone", {}) })).toBeUndefined();
  });

  test("that a preview does not know are waited for by the Output form, and refused by the plain one", async () => {
    await mock(true);
    unborn.add("later");
    const later = new aom.WorkflowExecution("later", { workflowId: "w" });
    const provider = new Provider("acme", { huaweicloud: { region: later.id } });
    expect(await isKnown(settingsOfProvider(token, { provider })!)).toBe(false);
    await expect(read({ provider })).rejects.toThrow(
      "f: the settings of the provider are not known yet: call fOutput, which waits for them, or give it values that a preview knows.",
    );
  });
});

describe("dependsOn", () => {
  class App extends pulumi.ComponentResource {
    constructor(name: string, child: string) {
      super("test:App", name, {});
      new aom.WorkflowExecution(child, { workflowId: "w" }, { parent: this });
      this.registerOutputs({});
    }
  }
  const execution = (name: string): aom.WorkflowExecution =>
    new aom.WorkflowExecution(name, { workflowId: "w" });

  test.each<[string, () => pulumi.InvokeOutputOptions["dependsOn"], boolean]>([
    ["a resource", () => execution("there"), true],
    ["a list", () => [execution("there"), execution("too")], true],
    ["an output", () => pulumi.output(execution("there")), true],
    ["a promise of a list", () => Promise.resolve([execution("there")]), true],
    ["a component", () => new App("app", "there"), true],
    ["a resource that is still to be created", () => execution("later"), false],
    ["one of several", () => [execution("there"), execution("later")], false],
    ["a child of a component", () => new App("app", "later"), false],
  ])("waits for %s; it is there: %s", async (_what, dependsOn, expected) => {
    await mock(true);
    unborn.clear();
    unborn.add("later");
    expect(await isKnown(whenReady(dependsOn(), {}))).toBe(expected);
  });

  test("waits for the resources whose outputs are arguments, too", async () => {
    await mock(true);
    unborn.add("later");
    const [there, later] = [execution("there"), execution("later")];
    expect(await isKnown(whenReady(undefined, { workflowId: there.workflowId }))).toBe(true);
    // Known by itself, but what it is asked about is still to be created.
    expect(await isKnown(later.workflowId)).toBe(true);
    expect(await isKnown(whenReady(undefined, { workflowId: later.workflowId }))).toBe(false);
    expect(await isKnown(whenReady(there, { deep: [pulumi.output({ id: later.workflowId })] }))).toBe(false);
  });
});
