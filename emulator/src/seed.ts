// What an emulator starts with: accounts, workflows, limits and quirks, from a seed file and the built-in demo.
import { readFileSync } from "node:fs";
import { DEMO_PROJECT_ID, DEMO_SEED } from "./demo";
import { readWorkflowScript, SCRIPTED_SERVICES } from "./executions/scriptReader";
import type { Workflow } from "./executions/store";
import type { Account } from "./identity/account";
import { readAccounts, rejectRepeated, type SeedAccount } from "./identity/accountReader";
import { readMachines, type Machine, type SeedMachines } from "./identity/machine";
import { Fields, ShapeError } from "./jsonShape";
import type { Allowance } from "./tokenBuckets";

/** Targets of a node: names, objects, or how many to make up. */
export type SeedTargets = number | readonly (string | Readonly<Record<string, unknown>>)[];

/** What a node does, as JSON. Durations in milliseconds of emulated time. */
export interface SeedNodeParts {
  durationMs?: number;
  /** `success`, `fail`, `timeout`, `cancel` or any other text. @default "success" */
  status?: string;
  /** Free keys of the node's output. */
  output?: Record<string, unknown>;
  /** Code and text of the error of a failed task, for FunctionGraph and CloudFlow. */
  error?: string;
  cause?: string;
  targets?: {
    /** @default "ecs" */
    kind?: "ecs" | "cce";
    success?: SeedTargets;
    fail?: SeedTargets;
    in_execution?: SeedTargets;
    not_performed?: SeedTargets;
  };
  /** Log of each failed target without one, or of the node when it has no targets. */
  log?: string;
  /** A failure does not end the execution. @default false */
  ignoreError?: boolean;
  /** Halts here until someone lets the execution continue. @default false */
  pause?: boolean;
}

/** A node, as JSON. */
export interface SeedNode extends SeedNodeParts {
  id: string;
  name?: string;
  durationMs: number;
  /** What is different when the failed node is restarted. */
  onRestart?: SeedNodeParts;
}

/** What an execution does, as JSON. */
export interface SeedRun {
  nodes?: SeedNode[];
  /** Durations of the nodes, in order. */
  durationsMs?: number[];
  /** Changes of single nodes, by id. */
  change?: Record<string, SeedNodeParts>;
  /** Final status, whatever the nodes say. */
  status?: string;
  /** Status while it runs. */
  runningStatus?: string;
  requiresApproval?: boolean;
  approvers?: string[];
  /** @default 0 */
  queuedMs?: number;
  /** @default 0 */
  stopTakesMs?: number;
}

/** A workflow, as JSON. */
export interface SeedWorkflow extends SeedRun {
  nodes: SeedNode[];
  /** @default the service in the workflow's key, else "aom" */
  service?: "aom" | "functiongraph" | "cloudflow";
  /** @default the first project of the first account */
  projectId?: string;
  /** @default the id */
  name?: string;
  description?: string;
  /** Run number i uses `runs[i]`, the last one repeats. */
  runs?: SeedRun[];
  /** Fields of the vendor's workflow object. */
  attributes?: Record<string, unknown>;
}

/** The content of a seed file. */
export interface Seed {
  /** Whether the demo account and its workflows are there too. @default true */
  demo?: boolean;
  accounts?: SeedAccount[];
  /** Machines that hand out keys to whoever has none, by where they are. */
  machines?: SeedMachines;
  /** By workflow id, or by `service:id` where two services have workflows of the same id. */
  workflows?: Record<string, SeedWorkflow>;
  /** Token buckets by operation, `service:operation` or `*`; used with enforced limits. */
  limits?: Record<string, { tokens: number; perSecond: number }>;
  /** Quirks that are on from the start, for all workflows. */
  quirks?: Record<string, boolean | string | number>;
}

/** A seed that has been read and checked. */
export interface ParsedSeed {
  readonly accounts: readonly Account[];
  readonly machines: readonly Machine[];
  readonly workflows: readonly Workflow[];
  readonly limits: Readonly<Record<string, Allowance>>;
  readonly quirks: Readonly<Record<string, unknown>>;
}

// A fixed time, so that a restart with the same seed gives the same workflows.
const SEEDED_AT = Date.UTC(2025, 0, 6, 8, 0, 0);

/**
 * Reads a seed: an object, the path of a JSON file, or nothing for the demo alone.
 * Throws an Error that names the file and the field.
 */
export function loadSeed(source: Seed | string | undefined): ParsedSeed {
  if (typeof source !== "string") return parseSeed(source ?? {});
  try {
    return parseSeed(JSON.parse(readFileSync(source, "utf8")));
  } catch (error) {
    throw new Error(`seed file ${source}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function parseSeed(json: unknown): ParsedSeed {
  const fields = new Fields(json, "");
  const withDemo = fields.flag("demo") ?? true;
  const demo = new Fields(withDemo ? DEMO_SEED : {}, "");
  const accounts = [...readAccounts(demo), ...readAccounts(fields)];
  rejectRepeated(accounts);
  const home = accounts[0]?.projects[0]?.id ?? DEMO_PROJECT_ID;
  const workflows = new Map<string, Workflow>();
  for (const workflow of [...readWorkflows(demo, home), ...readWorkflows(fields, home)]) {
    workflows.set([workflow.service, workflow.projectId, workflow.id].join("\n"), workflow);
  }
  const seed = {
    accounts,
    machines: readMachines(fields, accounts),
    workflows: [...workflows.values()],
    limits: readLimits(fields),
    quirks: fields.object("quirks") ?? {},
  };
  fields.rejectUnknown();
  return seed;
}

/** A workflow from the JSON of a script; throws ShapeError. */
export function scriptedWorkflow(
  json: unknown,
  id: string,
  options: {
    readonly defaultProjectId: string;
    readonly fromSeed: boolean;
    readonly now: number;
    readonly path?: string;
    readonly defaultService?: string | undefined;
  },
): Workflow {
  const { service, projectId, script } = readWorkflowScript(json, id, options.path, options.defaultService);
  return {
    service,
    projectId: projectId ?? options.defaultProjectId,
    id,
    script,
    fromSeed: options.fromSeed,
    createdBy: "emulator",
    createdAt: options.now,
    editedAt: options.now,
  };
}

function readWorkflows(fields: Fields, defaultProjectId: string): Workflow[] {
  return Object.entries(fields.object("workflows") ?? {}).map(([key, json]) => {
    const path = fields.at(`workflows.${key}`);
    const defaultService = SCRIPTED_SERVICES.find((service) => key.startsWith(`${service}:`));
    const id = defaultService === undefined ? key : key.slice(defaultService.length + 1);
    if (id.length < 1 || id.length > 64) throw new ShapeError(path, "a workflow id has 1 to 64 characters");
    return scriptedWorkflow(json, id, {
      defaultProjectId,
      fromSeed: true,
      now: SEEDED_AT,
      path,
      defaultService,
    });
  });
}

function readLimits(fields: Fields): Record<string, Allowance> {
  const limits: Record<string, Allowance> = {};
  for (const [operation, json] of Object.entries(fields.object("limits") ?? {})) {
    const allowance = new Fields(json, fields.at(`limits.${operation}`));
    limits[operation] = {
      tokens: allowance.requiredNumber("tokens", { min: 1 }),
      perSecond: allowance.requiredNumber("perSecond", { min: 0.001 }),
    };
    allowance.rejectUnknown();
  }
  return limits;
}
