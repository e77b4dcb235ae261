/** Rows of the table of differences that no other scenario meets. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as npmPackage from "pulumi-runbook";
import type { ServiceName } from "../../provider/src/services/registry";
import { requestsOf } from "../support/emulators";
import type { Scenario, Stage } from "./stage";
import { keptOf } from "./stage";

interface Schema {
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: Readonly<Record<string, { readonly type?: string }>> }>
  >;
  readonly functions: Readonly<Record<string, unknown>>;
}

const schema = JSON.parse(readFileSync(resolve(__dirname, "../../plugin/schema.json"), "utf8")) as Schema;

/** By service: its vendor, and the setting whose absence is named first. */
const required = {
  aom: { vendor: "huaweicloud", missing: "region" },
  functiongraph: { vendor: "huaweicloud", missing: "region" },
  // Its region tells the site.
  coc: { vendor: "huaweicloud", missing: "region" },
  cloudflow: { vendor: "alicloud", missing: "region" },
  // The state machine's ARN has its region.
  stepfunctions: { vendor: "aws", missing: "accessKey" },
} as const satisfies Readonly<Record<ServiceName, object>>;

/** Scenarios of differences. */
export const rowScenarios: readonly Scenario[] = [
  {
    title: "the preview of a create",
    name: "previewed",
    async play(stage: Stage): Promise<unknown> {
      await stage.script();
      const patch = stage.resource({ triggers: { image: "1" } });
      const first = await stage.deployment("first");
      const before = await requestsTo(stage);
      const { action, known } = await first.preview(patch);
      expect({ asks: (await requestsTo(stage)) > before, known }).toEqual(
        stage.differs("preview of a create", {
          dynamic: { asks: false, known: undefined },
          plugin: { asks: true, known: patch.args },
        }),
      );
      expect(await stage.runs()).toEqual([]);
      return { action };
    },
  },
  {
    title: "the type, and the settings that an error names",
    name: "unset",
    async play(stage: Stage): Promise<unknown> {
      const patch = stage.resource();
      const type = stage.differs("type", {
        dynamic: `pulumi-nodejs:${stage.service}:WorkflowExecution`,
        plugin: `runbook:${stage.service}:WorkflowExecution`,
      });
      expect(stage.front.urnOf(patch)).toContain(`::${type}::`);
      if (stage.front.name === "plugin") expect(Object.keys(schema.resources)).toContain(type);
      const bare = await stage.ownDeployment({ hasSettings: false });
      const step = await bare.up(patch);
      await bare.stop();
      const { vendor, missing } = required[stage.service];
      const setting = stage.differs("settings", {
        dynamic: `${vendor}:`,
        plugin: `runbook:${vendor}.`,
      });
      expect(JSON.stringify(step)).toContain(`${setting}${missing}`);
      const text = JSON.stringify(step).replaceAll("config set --path ", "config set ");
      return JSON.parse(text.replaceAll(setting, "<setting>:")) as unknown;
    },
  },
  {
    title: "rerunOn always",
    name: "always",
    async play(stage: Stage): Promise<unknown> {
      await stage.script();
      const rerunOn = stage.differs<unknown>("`rerunOn`", { dynamic: "always", plugin: ["always"] });
      const type = schema.resources[`runbook:${stage.service}:WorkflowExecution`]!.inputProperties["rerunOn"];
      expect(type).toMatchObject({ type: "array" });
      const patch = stage.resource({ rerunOn });
      const created = await (await stage.deployment("first")).up(patch);
      const second = await stage.deployment("second");
      const { action } = await second.up(patch, keptOf(created));
      expect(action).toBe("replaced");
      expect(await stage.runs()).toEqual(["ended", "ended"]);
      return { action, said: second.said(patch) };
    },
  },
  {
    title: "functions",
    name: "functions",
    play(stage: Stage): Promise<unknown> {
      const names = functionsOf(stage);
      expect(names.filter((name) => name.startsWith("list"))).toEqual(
        stage.differs("`listWorkflowExecutions`", { dynamic: ["listWorkflowExecutions"], plugin: [] }),
      );
      const both = names.filter((name) => !name.startsWith("list"));
      expect(both).toEqual(expect.arrayContaining(["getWorkflowExecution", "getWorkflowExecutions"]));
      return Promise.resolve(both);
    },
  },
  {
    title: "import; with adoptExecutionId both take over an execution",
    name: "imported",
    async play(stage: Stage): Promise<unknown> {
      await stage.script();
      const given = keptOf(await (await stage.deployment("first")).up(stage.resource()));
      const taken = { ...stage.resource(), name: `${stage.workflow}-taken` };
      const second = await stage.deployment("second");
      const [workflow = ""] = Object.values(stage.subject);
      const { kept } = await second.import(taken, `${workflow}/${given.id}`);
      expect(kept && { id: kept.id, inputs: kept.inputs }).toEqual(
        stage.differs("import", {
          dynamic: undefined,
          plugin: { id: given.id, inputs: taken.args },
        }),
      );
      const adopting = {
        ...stage.resource({ adoptExecutionId: given.id }),
        name: `${stage.workflow}-adopted`,
      };
      const adopted = await second.up(adopting);
      expect(adopted).toMatchObject({ action: "created", kept: { id: given.id, reasons: [] } });
      expect(await stage.runs()).toEqual(["ended"]);
      return { adopted, said: second.said(adopting) };
    },
  },
];

// Nothing else asks the service meanwhile.
async function requestsTo({ emulator, service }: Stage): Promise<number> {
  return (await requestsOf(emulator)).filter((request) => request.service === service).length;
}

// The functions of the service that programs can call; those for Outputs are the same ones.
function functionsOf({ front, service }: Stage): string[] {
  const names =
    front.name === "plugin"
      ? Object.keys(schema.functions)
          .filter((token) => token.startsWith(`runbook:${service}:`))
          .map((token) => token.split(":")[2]!)
      : Object.keys(npmPackage[service]).filter((name) => /^[a-z]/.test(name) && !name.endsWith("Output"));
  return names.sort();
}
