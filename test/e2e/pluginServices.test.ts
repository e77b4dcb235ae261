/**
 * All that a program does with the plugin, on every service at once: one stack's life, told in order. Step Functions is the
 * tests' own emulator's; `test/moto` has it on a server by others.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "runbook-emulator";
import type { ServiceName } from "../../provider/src/services/registry";
import { control, executionsOf } from "../support/emulators";
import { huaweiEndpoints, registeredServices, workflowArgument } from "../support/everyService";
import type { PluginStack, StoredResource } from "../support/pluginStack";
import { hasYaml, openPluginStack } from "../support/pluginStack";
import type { CommandEnd } from "../support/pulumiCommand";
import { demoProjectId } from "../support/sessions";
import { startWithStates } from "../support/stepFunctions/emulatedStates";
import { until } from "../support/until";

const onYaml = hasYaml ? describe : describe.skip;

let emulator: Emulator;
let stack: PluginStack;
beforeAll(async () => {
  emulator = await startWithStates();
  stack = await openPluginStack(emulator.url);
});
afterAll(async () => {
  stack.close();
  await emulator.close();
});

/** Resources by name. */
type Resources = Record<string, { readonly type: string; readonly properties: object; options?: object }>;

const nameOf = (service: ServiceName, role: string): string => `${service}-${role}`;

/** One resource of each service. */
function play(role: string, args: object = {}, options: object = {}): Resources {
  const entries = registeredServices.map((service) => {
    const properties = { ...workflowArgument(service, nameOf(service, role)), ...args };
    return [
      nameOf(service, role),
      { type: `runbook:${service}:WorkflowExecution`, properties, options },
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** Scripts a workflow of each service with one step. */
async function script(role: string, node: object = {}): Promise<void> {
  const nodes = [{ id: "Work", name: "Work", durationMs: 100, ...node }];
  await Promise.all(
    registeredServices.map((service) =>
      control(emulator, "PUT", `/workflows/${nameOf(service, role)}`, { service, nodes }),
    ),
  );
}

const perService = <T>(value: (service: ServiceName) => T): Record<string, T> =>
  Object.fromEntries(registeredServices.map((service) => [service, value(service)]));

/** The executions of a role, by service. */
async function runsOf(role: string): Promise<Record<string, string[]>> {
  const executions = await executionsOf(emulator);
  return perService((service) =>
    executions
      .filter(({ workflowId }) => workflowId === nameOf(service, role))
      .map(({ status }) => (/^running$/i.test(status) ? "runs" : "ended")),
  );
}

/** The resources of a role in the state, by service. */
async function storedOf(role: string): Promise<Record<string, StoredResource | undefined>> {
  const resources = await stack.resources();
  return perService((service) => resources.find(({ urn }) => urn.endsWith(`::${nameOf(service, role)}`)));
}

async function untilAllRun(role: string): Promise<void> {
  const wanted = JSON.stringify(perService(() => ["runs"]));
  await until(async () => JSON.stringify(await runsOf(role)) === wanted);
}

function expectOk({ code, output }: CommandEnd): string {
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

function expectNothingDone(output: string): void {
  expect(output).toMatch(/\d unchanged/);
  expect(output).not.toMatch(/\d (created|updated|replaced)/);
}

/** In the row of each service's resource. */
function expectReason(output: string, role: string, reason: string): void {
  const rows = perService((service) =>
    output.split("\n").some((line) => line.includes(` ${nameOf(service, role)} `) && line.includes(reason)),
  );
  expect(rows).toEqual(each(true));
}

const each = <T>(value: T): Record<string, T> => perService(() => value);
const like = (object: object): unknown => expect.objectContaining(object);

onYaml("a YAML program with an execution of each service", () => {
  const healthy = (image: string): Resources => ({
    ...play("quick", { triggers: { image } }),
    ...play("teardown", { runOn: "destroy" }),
  });

  test("preview and up; an explicit provider; functions; no change is no run", async () => {
    await Promise.all(
      ["quick", "teardown", "elsewhere"].map((role) => script(role, { output: { version: "1" } })),
    );
    const { url } = emulator;
    const account = { accessKey: "EMULATORACCESSKEY0001", secretKey: "emulator-secret-key-0001" };
    const staging = {
      type: "pulumi:providers:runbook",
      properties: {
        huaweicloud: {
          ...account,
          region: "cn-east-3",
          projectId: demoProjectId,
          endpoints: huaweiEndpoints(url),
        },
        alicloud: { ...account, region: "cn-beijing", endpoints: { fnf: url } },
        aws: { ...account, endpoints: [{ sfn: url }] },
      },
    };
    const functions = Object.fromEntries(
      registeredServices.map((service) => [
        `${service}Past`,
        {
          "fn::invoke": {
            function: `runbook:${service}:getWorkflowExecution`,
            arguments: {
              ...workflowArgument(service, nameOf(service, "quick")),
              executionId: `\${${nameOf(service, "quick")}.executionId}`,
            },
          },
        },
      ]),
    );
    stack.program({
      resources: { staging, ...healthy("1"), ...play("elsewhere", {}, { provider: "${staging}" }) },
      variables: functions,
      outputs: Object.fromEntries(registeredServices.map((each) => [each, `\${${each}Past.status}`])),
    });
    expect(expectOk(await stack.pulumi("preview"))).not.toMatch(/could not check|does not exist/);
    expect(await executionsOf(emulator)).toEqual([]);
    const up = expectOk(await stack.pulumi("up"));
    for (const service of registeredServices) expect(up).toMatch(new RegExp(`${service} *: "succeeded"`));
    for (const role of ["quick", "elsewhere"]) {
      expect(await storedOf(role)).toEqual(each(like({ outputs: like({ status: "succeeded" }) })));
      expect(await runsOf(role)).toEqual(each(["ended"]));
    }
    expect(await storedOf("elsewhere")).toMatchObject({
      aom: { outputs: { region: "cn-east-3" } },
      cloudflow: { outputs: { region: "cn-beijing" } },
    });
    expectNothingDone(expectOk(await stack.pulumi("up")));
    expect(await runsOf("quick")).toEqual(each(["ended"]));
    expect(await runsOf("teardown")).toEqual(each([]));
  });

  test("a run again by a trigger, beside one that fails and one that Pulumi does not wait for; a refresh forgets no failure", async () => {
    await script("broken", { status: "fail", error: "no space left" });
    await script("late", { durationMs: 8_000 });
    const all = (): Resources => ({
      ...healthy("2"),
      ...play("broken"),
      ...play("late", {}, { customTimeouts: { create: "2s" } }),
    });
    stack.program({ resources: all() });
    const up = await stack.pulumi("up", "--continue-on-error", "--parallel", "32");
    expect(up.code).toBe(1);
    expectReason(up.output, "quick", "runs again: triggers.image changed");
    expect(await runsOf("quick")).toEqual(each(["ended", "ended"]));
    const failed = like({ initErrors: [expect.stringMatching(/execution \S+ failed/)] });
    expect(await storedOf("broken")).toEqual(each(failed));
    const cut = like({
      refreshBeforeUpdate: true,
      initErrors: [expect.stringContaining("after this deployment waited 2s (customTimeouts)")],
    });
    expect(await storedOf("late")).toEqual(each(cut));

    expectOk(await stack.pulumi("refresh"));
    expect(await storedOf("broken")).toEqual(each(failed));

    const preview = expectOk(await stack.pulumi("preview"));
    expectReason(preview, "broken", 'runs again: last execution failed (rerunOn includes "failed")');
    await script("broken");
    stack.program({ resources: { ...healthy("2"), ...play("broken"), ...play("late") } });
    expectOk(await stack.pulumi("up", "--parallel", "32"));
    expect(await runsOf("broken")).toEqual(each(["ended", "ended"]));
    expect(await runsOf("late")).toEqual(each(["ended"]));
  });

  test("Ctrl-C keeps what runs, and kill -9 too: the next deployments go on with it", async () => {
    const interrupted = async (role: string, signal: NodeJS.Signals): Promise<void> => {
      await script(role, { durationMs: 12_000 });
      stack.program({ resources: { ...healthy("2"), ...play(role) } });
      const up = stack.start("up", "--parallel", "32");
      await untilAllRun(role);
      up.process.kill(signal);
      expect((await up.end).code).not.toBe(0);
    };
    await interrupted("cut", "SIGINT");
    expect(await storedOf("cut")).toEqual(each(like({ outputs: like({ status: "running" }) })));
    expect(await stack.pending()).toBe(0);
    expectOk(await stack.pulumi("up", "--parallel", "32"));
    expect(await storedOf("cut")).toEqual(each(like({ outputs: like({ status: "succeeded" }) })));
    expect(await runsOf("cut")).toEqual(each(["ended"]));

    await interrupted("killed", "SIGKILL");
    expect(await storedOf("killed")).toEqual(each(undefined));
    await stack.pulumi("cancel", "--yes");
    expectOk(await stack.pulumi("up", "--parallel", "32"));
    expect(await storedOf("killed")).toEqual(each(like({ outputs: like({ status: "succeeded" }) })));
    expect(await runsOf("killed")).toEqual(each(["ended"]));
  });

  test("an import takes executions over; the next up has nothing to do", async () => {
    const given = await storedOf("quick");
    const taken = registeredServices.map((service) => {
      const { id = "" } = given[service] ?? {};
      const [workflow = ""] = Object.values(workflowArgument(service, nameOf(service, "quick")));
      const type = `runbook:${service}:WorkflowExecution`;
      return { type, name: nameOf(service, "taken"), id: `${workflow}/${id}` };
    });
    writeFileSync(join(stack.folder, "import.json"), JSON.stringify({ resources: taken }));
    expectOk(await stack.pulumi("import", "--file", "import.json", "--protect=false"));
    const stored = await storedOf("taken");
    expect(perService((service) => stored[service]?.id)).toEqual(perService((service) => given[service]?.id));
    const resources = registeredServices.map((service) => {
      const properties = workflowArgument(service, nameOf(service, "quick"));
      return [
        nameOf(service, "taken"),
        { type: `runbook:${service}:WorkflowExecution`, properties },
      ] as const;
    });
    stack.program({ resources: { ...healthy("2"), ...Object.fromEntries(resources) } });
    expectNothingDone(expectOk(await stack.pulumi("up")));
    expect(await runsOf("quick")).toEqual(each(["ended", "ended"]));
  });

  test("destroy stops what still runs, and runs the teardown runbooks once", async () => {
    await script("lasting", { durationMs: 3_600_000 });
    stack.program({ resources: { ...healthy("2"), ...play("lasting", { waitFor: "started" }) } });
    expectOk(await stack.pulumi("up"));
    expect(await runsOf("lasting")).toEqual(each(["runs"]));
    expectOk(await stack.pulumi("destroy"));
    expect(await runsOf("lasting")).toEqual(each(["ended"]));
    expect(await runsOf("teardown")).toEqual(each(["ended"]));
    expect(await stack.resources()).toEqual([]);
  });
});
