/**
 * Secrets are those that the engine sends as secret and those that the state marks: behind ignoreChanges, by
 * transformations of both kinds, marked later, taken back, moved, beside others in one argument, and along a chain that
 * an update plan carries out. Values that JSON can't hold are here too. One stack for all: deployments take the most
 * time.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { control, executionsOf, requestsOf } from "../support/emulators";
import { useFixture } from "../support/fixture";
import type { StateResource } from "../support/stack";

const fixture = useFixture();

// By resource: each has a flow of its own name that repeats it.
const secrets = {
  ignored: "hunter2-ignored",
  legacy: "hunter2-legacy",
  modern: "hunter2-modern",
  marked: "hunter2-marked",
  retained: "hunter2-retained",
  renewed: "hunter2-renewed",
  chained: "hunter2-chained",
  beside: "hunter2-beside",
  shifted: "hunter2-shifted",
  unwrapped: "hunter2-unwrapped",
  added: "hunter2-added",
  earlier: "hunter2-earlier",
  upgraded: "hunter2-upgraded",
};

const program = `"use strict";
const pulumi = require("@pulumi/pulumi");
const { aom, cloudflow, functiongraph } = require("pulumi-runbook");
const { step, secrets } = require("./step.json");
const isFirst = step === "first";
const run = (name, { input, triggers }, opts) =>
  new functiongraph.WorkflowExecution(name, { workflowId: name, input, triggers }, opts);
const withPassword = (name, { props, opts }) => ({
  props: { ...props, input: { ...props.input, password: pulumi.secret(secrets[name]) } },
  opts: { ...opts, customTimeouts: { create: "5m" } },
});
pulumi.runtime.registerStackTransformation((args) =>
  args.name === "legacy" ? withPassword("legacy", args) : undefined,
);
const password = (isSecret, value) => ({ password: isSecret ? pulumi.secret(value) : value });

run("ignored", { input: password(isFirst, isFirst ? secrets.ignored : "placeholder"), triggers: { isFirst } },
  { ignoreChanges: ["input"] });
run("legacy", { input: { user: "admin" } });
run("modern", { input: { user: "admin" } }, { transforms: [(args) => withPassword("modern", args)] });
run("marked", { input: password(!isFirst, secrets.marked) });
run("retained", { input: password(isFirst, secrets.retained) });
run("renewed", { input: password(isFirst, isFirst ? secrets.renewed : "open-now") });
run("unwrapped", { input: isFirst ? pulumi.secret({ at: 1, token: secrets.unwrapped })
  : { at: 2, list: [pulumi.secret("other-secret"), secrets.unwrapped] } });
run("added", { input: { other: pulumi.secret("other-secret"), ...password(!isFirst, secrets.added) } });
run("earlier", { input: { version: isFirst ? 1 : 2, ...password(isFirst, secrets.earlier) } });
run("upgraded", { input: { user: "admin", ...password(true, secrets.upgraded) } });
new cloudflow.WorkflowExecution("named", { flowName: "named", input: { user: "admin" } }, {
  transforms: [({ props, opts }) => ({ props: { ...props, executionName: "by-a-transform" }, opts })],
});
run("dated", { input: { at: new Date(0) }, triggers: { day: new Date(isFirst ? 0 : 86_400_000) } });
const chained = run("chained", { input: password(true, secrets.chained), triggers: { isFirst } });
const { status } = new aom.WorkflowExecution("after", {
  workflowId: "demo-succeeds", triggers: { said: chained.output } });
// Beside a value that a plan does not know yet.
run("beside", { input: { version: isFirst ? 1 : 2, ...password(isFirst, secrets.beside), status } });
run("shifted", { input: { list: isFirst ? [{ user: "app" }, password(true, secrets.shifted)]
  : [status, { user: "app" }, password(false, secrets.shifted)] } });

if (step === "bad") run("bad", { input: { list: [new Set()] }, triggers: { order: 1n } });
`;

/** The names of the secrets that a text contains. */
function found(text: string): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}

test("what is secret stays secret until the program takes it back and the value is new", async () => {
  const { emulator, stack } = fixture;
  const plan = join(stack.folder, "plan.json");
  writeFileSync(join(stack.folder, "index.js"), program);
  const begin = (step: string): void => {
    writeFileSync(join(stack.folder, "step.json"), JSON.stringify({ step, secrets }));
  };
  const scriptToSay = (name: string, said: string): Promise<unknown> =>
    control(emulator, "PUT", `/workflows/${name}`, {
      service: "functiongraph",
      nodes: [{ id: "Echo", durationMs: 100, output: { said } }],
    });
  for (const [name, said] of Object.entries({ ...secrets, dated: "x" })) await scriptToSay(name, said);
  await control(emulator, "PUT", "/workflows/named", {
    service: "cloudflow",
    nodes: [{ id: "Echo", durationMs: 100, output: { said: "for all to read" } }],
  });
  const seen: string[] = [];
  /** By a plan that was made a moment ago. */
  const deploy = async (): Promise<Readonly<Record<string, number>>> => {
    const preview = await stack.preview(undefined, { plan });
    const up = await stack.up(undefined, { plan });
    expect([preview.output, up.output].filter((output) => output.includes("error:"))).toEqual([]);
    seen.push(preview.output, up.output);
    return up.changes;
  };
  /** The parts of the state that are no secret. */
  const open = async (): Promise<string> =>
    JSON.stringify(await stack.state(), (_key, value) => (isSecret(value) ? "[secret]" : value));

  begin("first");
  expect(await deploy()).toEqual({ create: 17 });
  expect(found(await open())).toEqual(["marked", "added"]);
  expect(found(stack.stored())).toEqual(["marked", "added"]);
  expect((await stack.resource("named")).outputs).toMatchObject({
    executionName: "by-a-transform",
    output: { said: "for all to read" },
    __meta: { secretArguments: [] },
  });
  const { inputs } = await stack.resource("legacy");
  expect(inputs["__meta"]).toMatchObject({
    secretArguments: ["input"],
    secretPaths: [["input", "password"]],
    customTimeouts: { create: "5m" },
  });
  expect((await stack.resource("dated")).outputs).toMatchObject({
    input: { at: "1970-01-01T00:00:00.000Z" },
    triggers: { day: "1970-01-01T00:00:00.000Z" },
    output: { said: "x" },
  });

  // As an earlier version stored it: without where the secrets are.
  await stack.rewrite((resource) => {
    if (!/::(?:earlier|upgraded)$/.test(resource.urn)) return resource;
    const asBefore = (properties: StateResource["inputs"]): StateResource["inputs"] => {
      const { urn, secretArguments } = properties["__meta"] as Record<string, unknown>;
      return { ...properties, __meta: { urn, secretArguments } };
    };
    return { ...resource, inputs: asBefore(resource.inputs), outputs: asBefore(resource.outputs) };
  });

  await scriptToSay("renewed", "open-now");
  await scriptToSay("chained", `${secrets.chained}-again`);
  begin("second");
  expect(await deploy()).toEqual({ same: 5, update: 3, replace: 9 });
  expect(seen.at(-2)).toContain("runs again: triggers.day changed");
  expect(seen.at(-2)).toContain("marked  input.password is secret now (no new run)");
  expect(seen.at(-2)).toContain("added  input.password is secret now (no new run)");
  const runs = async (): Promise<Record<string, number>> => {
    const ids = (await executionsOf(emulator)).map(({ workflowId }) => workflowId);
    return Object.fromEntries(
      [...new Set(ids)].sort().map((id) => [id, ids.filter((one) => one === id).length]),
    );
  };
  const ran = {
    added: 1,
    beside: 2,
    chained: 2,
    dated: 2,
    "demo-succeeds": 2,
    earlier: 2,
    ignored: 2,
    legacy: 1,
    marked: 1,
    modern: 1,
    named: 1,
    renewed: 2,
    retained: 1,
    shifted: 2,
    unwrapped: 2,
    upgraded: 1,
  };
  expect(await runs()).toEqual(ran);
  expect((await stack.resource("renewed")).outputs).toMatchObject({
    input: { password: "open-now" },
    output: { said: "open-now" },
  });
  expect((await stack.resource("dated")).inputs).toMatchObject({
    triggers: { day: "1970-01-02T00:00:00.000Z" },
  });

  expect((await stack.refresh()).ok).toBe(true);
  expect(await deploy()).toEqual({ same: 17 });
  expect(await runs()).toEqual(ran);
  expect(found(await open())).toEqual([]);
  expect(found(stack.stored())).toEqual(["marked", "added"]);
  // Beside a secret, and around it, the rest is as open as the program makes it.
  const { outputs } = await stack.resource("beside");
  expect(outputs["input"]).toMatchObject({ version: 2, status: "succeeded" });
  expect((await stack.resource("earlier")).outputs["input"]).toMatchObject({ version: 2 });
  expect((await stack.resource("unwrapped")).outputs["input"]).toMatchObject({ at: 2 });
  expect(found(seen.join("\n"))).toEqual([]);

  const before = (await requestsOf(emulator)).length;
  begin("bad");
  const bad = await stack.preview();
  expect(bad.ok).toBe(false);
  expect(bad.output).toMatch(
    /error: functiongraph.WorkflowExecution "bad": 2 values cannot be represented in JSON\n +input.list\[0\] is a Set: .*\n +triggers.order is a BigInt: .*\n +at .*index.js:\d+/,
  );
  expect(bad.output).not.toContain("node_modules");
  expect(await requestsOf(emulator)).toHaveLength(before);
});
