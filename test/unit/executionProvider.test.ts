/**
 * The provider as the host calls it, over a service that answers what a test says: whatever it answers, once there is
 * an id nothing is thrown but what keeps it, and nothing that is shown has a secret.
 */
import type { EngineReporter } from "../../provider/src/fronts/shared/engineMessages";
import { ExecutionProvider } from "../../provider/src/fronts/dynamic/executionProvider";
import { CreatedButNotReady, HostError } from "../../provider/src/fronts/dynamic/hostErrors";
import type { ExecutionSnapshot } from "../../provider/src/execution/snapshot";
import type { BackendDefinition } from "../../provider/src/lifecycle";
import { DeploymentMemory } from "../../provider/src/fronts/shared/deploymentMemory";
import { RunRegister, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { fakeClock } from "../support/fakeClock";
import { settingsOf } from "../support/sessions";

const token = "credential-in-use-0001";
const secret = "hunter2-correct";

/** A provider over a flow that ends with its start, as Express flows do. */
function providerOf(outcome: () => ExecutionSnapshot): { provider: ExecutionProvider; said: string[] } {
  const said: string[] = [];
  const backend = {
    key: "k",
    subject: "flow f (here)",
    identity: "flow f",
    location: { region: "cn-hangzhou" },
    keepsHistory: false,
    consoleUrl: () => `https://console/${secret}`,
    start: () => Promise.resolve({ executionId: "ex-1", outcome: outcome() }),
    describe: () => Promise.reject(new Error("not asked for")),
  };
  const definition = {
    ...services.cloudflow,
    check: () => [],
    connect: (_args: unknown, { settings }: { settings: { environment(name: string): unknown } }) => {
      settings.environment("HW_AUTH_TOKEN");
      return Promise.resolve(backend);
    },
  } as unknown as BackendDefinition;
  const keep = (text: string): void => {
    said.push(text);
  };
  const reporter: EngineReporter = {
    explain: (text) => {
      keep(text);
      return Promise.resolve();
    },
    status: keep,
    info: keep,
    warn: keep,
  };
  const provider = new ExecutionProvider(definition, {
    host: {
      signal: new AbortController().signal,
      serve: (work) => work(),
      hasEngine: () => Promise.resolve(true),
      deployment: undefined,
    },
    register: new RunRegister(),
    deployment: new DeploymentMemory(),
    openSession: () =>
      openSession({ settings: settingsOf({ environment: { HW_AUTH_TOKEN: token } }), clock: fakeClock() }),
    reporter: () => reporter,
    everythingSaid: () => Promise.resolve(),
  });
  return { provider, said };
}

const inputs = {
  flowName: "f",
  input: { password: secret },
  __provider: "exports.handler = …",
  __meta: { urn: "urn:pulumi:s::p::t::patch", secretArguments: ["input"] },
};

const ended = (more: Partial<ExecutionSnapshot> = {}): ExecutionSnapshot => ({
  executionId: "ex-1",
  status: "failed",
  rawStatus: "Failed",
  steps: [],
  ...more,
});

const thrown = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const throwing = (): never => {
  throw new Error("no");
};

test.each<[string, Partial<ExecutionSnapshot>]>([
  [
    "an output that throws when it is read",
    { output: Object.defineProperty({}, "x", { enumerable: true, get: throwing }) },
  ],
  ["steps that are none", { steps: null as never }],
  [
    "a step that throws",
    { steps: [Object.defineProperty({}, "error", { enumerable: true, get: throwing }) as never] },
  ],
  ["an error that is no text", { error: { length: 5_000 } as never }],
  ["an output without end", { output: JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown }],
  ["a big integer and a function", { output: { a: 1n, b: () => 1 } }],
])("%s does not cost the id, whether the execution is as wanted or not", async (_what, more) => {
  const { provider } = providerOf(() => ended({ ...more, status: "succeeded" }));
  const created = await provider.create(inputs);
  expect(created).toMatchObject({ id: "ex-1", outs: { ...inputs, executionId: "ex-1" } });

  const failing = providerOf(() => ended(more));
  const error = (await thrown(failing.provider.create(inputs))) as CreatedButNotReady;
  expect(error).toBeInstanceOf(CreatedButNotReady);
  expect(error).toMatchObject({ id: "ex-1", properties: { ...inputs, executionId: "ex-1" } });
  expect(error.reasons.length).toBeGreaterThan(0);
});

test("an echo of everything: no secret and no credential in reasons, outputs or messages", async () => {
  const echo = `\u001b[31m${secret} ${token} ${encodeURIComponent(secret)} ${Buffer.from(`u:${token}`).toString("base64")}`;
  const { provider, said } = providerOf(() =>
    ended({
      rawStatus: echo,
      error: echo,
      output: { [echo]: echo },
      steps: [{ id: echo, name: echo, status: "failed", rawStatus: echo, error: echo }],
    }),
  );
  const error = (await thrown(provider.create(inputs))) as CreatedButNotReady;
  const { input: _input, output, steps, failure, ...clear } = error.properties;
  const shown = JSON.stringify([error.reasons, error.message, said, clear]);
  expect(shown).not.toContain(secret);
  expect(JSON.stringify([shown, output, steps, failure])).not.toContain(token);
  // Programs get these whole, as secrets.
  for (const marked of [output, steps, failure]) {
    expect(marked).toMatchObject({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" });
  }
  expect(error.reasons[0]).toMatch(/\[secret\] \[secret\]/);
});

describe("a secret that the workflow does not get as its input", () => {
  const given = {
    flowName: "f",
    input: { user: "admin" },
    triggers: { key: secret },
    __provider: "exports.handler = …",
    __meta: { urn: "urn:u", secretArguments: ["triggers"], secretPaths: [["triggers", "key"]] },
  };
  const outputOf = async (output: unknown): Promise<Record<string, unknown>> => {
    const { provider } = providerOf(() => ended({ status: "succeeded", output }));
    return (await provider.create(given)).outs as Record<string, unknown>;
  };

  test("hides no outputs that do not have it", async () => {
    const outs = await outputOf({ version: "1.4.2" });
    expect(outs).toMatchObject({ output: { version: "1.4.2" }, steps: [], __meta: given.__meta });
    expect(outs["__meta"]).not.toHaveProperty("secretOutputs");
  });

  test.each([secret, encodeURIComponent(`${secret}+`), Buffer.from(secret).toString("base64")])(
    "hides those that have it, as %s, from then on",
    async (text) => {
      const outs = await outputOf({ deep: [`key=${text}`] });
      expect(outs).toMatchObject({
        output: { "4dabf18193072939515e22adb298388d": expect.any(String) },
        __meta: { ...given.__meta, secretOutputs: true },
      });
    },
  );
});

test.each([null, undefined, "text", { length: 1 }, Object.create(null)])(
  "whatever is thrown (%p), the host gets an error of ours: of null it would never answer",
  async (value) => {
    const { provider } = providerOf(() => {
      throw value;
    });
    const error = await thrown(provider.create(inputs));
    expect(error).toBeInstanceOf(HostError);
    expect((error as Error).message).not.toBe("");
  },
);

test("arguments that would not fit into an init failure are refused in the preview, by name", async () => {
  const { provider } = providerOf(() => ended());
  const news = { ...inputs, triggers: { data: "x".repeat(5_000_000) } };
  const { failures } = await provider.check({}, news);
  expect(failures).toEqual([
    { property: "triggers", reason: expect.stringContaining('"triggers" takes 4.8 MB') },
  ]);
});
