/**
 * Step Functions through the plugin, under a real engine, on moto: what a YAML program does from its first preview to the destroy;
 * boto3 counts. It needs the CLI with the language host for YAML and a Python with the packages of requirements.txt, both prepared
 * by `npm test`; without them the test is skipped by name.
 */
import type { PluginStack, YamlProgram } from "../support/pluginStack";
import { hasYaml, openPluginStack } from "../support/pluginStack";
import type { Moto } from "./moto";
import { definitions, motoPython, startMoto } from "./moto";

const canRun = hasYaml && motoPython !== undefined && motoPython !== "";
const onMoto = canRun ? describe : describe.skip;

onMoto("the plugin on moto (skipped where there is no host for YAML, or MOTO_PYTHON names no Python)", () => {
  let moto: Moto;
  let stack: PluginStack;
  const arns: Record<string, string> = {};

  beforeAll(async () => {
    moto = await startMoto();
    stack = await openPluginStack(moto.url);
    arns["quick"] = await moto.create("quick", definitions.waits(1));
    arns["longer"] = await moto.create("longer", definitions.waits(10));
    arns["lasting"] = await moto.create("lasting", definitions.waits(600));
    arns["fails"] = await moto.create("fails", definitions.fails);
  });
  afterAll(async () => {
    stack.close();
    await moto.close();
  });

  const program = (
    machines: Readonly<Record<string, Args>>,
    rest: Omit<YamlProgram, "resources"> = {},
  ): void => {
    const resources = Object.entries(machines).map(([name, { options = {}, ...properties }]) => {
      const type = "runbook:stepfunctions:WorkflowExecution";
      return [name, { type, properties: { stateMachineArn: arns[name], ...properties }, options }] as const;
    });
    stack.program({ ...rest, resources: Object.fromEntries(resources) });
  };
  const statuses = async (machine: string): Promise<string[]> =>
    (await moto.executions(arns[machine]!)).map(({ status }) => status);
  const ok = async (...args: string[]): Promise<string> => {
    const { code, output } = await stack.pulumi(...args);
    expect({ code, output }).toMatchObject({ code: 0 });
    return output;
  };

  test("preview, up, no change, a run again, a failed run, the events, refresh, import", async () => {
    const history = {
      function: "runbook:stepfunctions:getExecutionHistory",
      arguments: { stateMachineArn: arns["quick"], executionId: "${quick.executionId}" },
    };
    program(
      { quick: { input: { schema: "v7" } } },
      {
        variables: { history: { "fn::invoke": history } },
        outputs: { version: "${quick.output.version}", events: "${history.events}" },
      },
    );
    await ok("preview");
    expect(await statuses("quick")).toEqual([]);
    expect(await ok("up")).toMatch(/version: "1\.4\.2"/);
    const first = await stack.resource("quick");
    expect(first).toMatchObject({
      inputs: { input: { schema: "v7" } },
      outputs: {
        status: "succeeded",
        executionId: first.id,
        steps: [{ name: "Prepare" }, { name: "Work" }, { name: "Report", status: "succeeded" }],
      },
    });
    const arn = `arn:aws:states:us-east-1:123456789012:execution:quick:${first.id!}`;
    expect(await moto.ask("describe", { arn })).toMatchObject({
      status: "SUCCEEDED",
      input: '{"schema":"v7"}',
    });

    const events = JSON.parse(await ok("stack", "output", "events", "--json")) as { type: string }[];
    expect(events.map(({ type }) => type)).toEqual(await moto.ask("history", { arn }));

    expect(await ok("up")).toContain("2 unchanged");
    expect(await ok("refresh")).toContain("2 unchanged");
    expect(await statuses("quick")).toEqual(["SUCCEEDED"]);

    program({ quick: { input: { schema: "v8" } } });
    expect(await ok("up")).toContain("runs again: input.schema changed");
    expect(await statuses("quick")).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    program({ quick: { input: { schema: "v8" } }, fails: { input: { ok: false } } });
    expect((await stack.pulumi("up")).code).toBe(1);
    const { initErrors } = await stack.resource("fails");
    expect(initErrors).toEqual([
      expect.stringContaining("MigrationRefused: the schema is older than the data"),
    ]);
    await ok("refresh");
    expect((await stack.resource("fails")).initErrors).toEqual(initErrors);

    const second = await stack.resource("quick");
    await ok(
      "import",
      "--protect=false",
      "runbook:stepfunctions:WorkflowExecution",
      "taken",
      `${arns["quick"]!}/${second.id!}`,
    );
    expect(await stack.resource("taken")).toMatchObject({ id: second.id, outputs: { status: "succeeded" } });
    expect(await statuses("quick")).toHaveLength(2);
  });

  test("Ctrl-C and kill -9: the next deployment goes on with what runs; the destroy stops it", async () => {
    await ok("destroy", "--target", "**quick", "--target", "**fails");
    const interrupted = async (
      machines: Readonly<Record<string, Args>>,
      signal: NodeJS.Signals,
    ): Promise<void> => {
      program(machines);
      const up = stack.start("up");
      const names = Object.keys(machines);
      const limit = performance.now() + 60_000;
      const run = async (name: string): Promise<boolean> => (await statuses(name)).includes("RUNNING");
      while (!(await Promise.all(names.map(run))).every(Boolean)) {
        expect(performance.now()).toBeLessThan(limit);
        await new Promise((done) => setTimeout(done, 100));
      }
      up.process.kill(signal);
      expect((await up.end).code).not.toBe(0);
    };
    await interrupted({ longer: {} }, "SIGINT");
    const cut = await stack.resource("longer");
    expect(cut).toMatchObject({ refreshBeforeUpdate: true, outputs: { status: "running" } });
    await ok("up");
    expect(await stack.resource("longer")).toMatchObject({ id: cut.id, outputs: { status: "succeeded" } });
    expect(await statuses("longer")).toEqual(["SUCCEEDED"]);

    await interrupted({ lasting: {} }, "SIGKILL");
    await stack.pulumi("cancel", "--yes");
    program({ lasting: { waitFor: "started" } });
    await ok("up");
    expect(await statuses("lasting")).toEqual(["RUNNING"]);
    await ok("destroy");
    expect(await statuses("lasting")).toEqual(["ABORTED"]);
  });
});

interface Args {
  readonly options?: object;
  readonly [name: string]: unknown;
}
