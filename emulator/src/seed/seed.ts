/** The initial state of an emulator: accounts, workflows, limits and quirks, from a seed file and the built-in demo. */
import { readFileSync } from "node:fs";
import { demoProjectId, demoSeed } from "./demo";
import { readWorkflowScript } from "./scriptReader";
import type { Workflow } from "../executions/record";
import type { Account } from "../accounts/account";
import { readAccounts, rejectRepeated } from "../accounts/accountReader";
import { readMachines } from "../accounts/machine";
import type { Machine } from "../accounts/machine";
import { Fields, ShapeError } from "../ground/jsonShape";
import type { RateLimit } from "../http/tokenBuckets";
import type { Seed } from "./document";

/** A seed that has been read and checked. */
export interface ParsedSeed {
  readonly accounts: readonly Account[];
  readonly machines: readonly Machine[];
  readonly workflows: readonly Workflow[];
  readonly limits: Readonly<Record<string, RateLimit>>;
  readonly quirks: Readonly<Record<string, unknown>>;
}

// A fixed time, so that a restart with the same seed gives the same workflows.
const seededAt = Date.UTC(2025, 0, 6, 8, 0, 0);

/**
 * Reads a seed: an object, the path of a JSON file, or nothing for the demo alone.
 * @param services - the services whose workflows can be scripted; the first is meant where a workflow names none
 * @throws {ShapeError} when a field of the object is wrong
 * @throws {Error} when the file cannot be read or a field in the file is wrong; names the file and the field
 */
export function loadSeed(source: Seed | string | undefined, services: readonly string[]): ParsedSeed {
  if (typeof source !== "string") return parseSeed(source ?? {}, services);
  try {
    return parseSeed(JSON.parse(readFileSync(source, "utf8")), services);
  } catch (error) {
    throw new Error(`seed file ${source}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function parseSeed(json: unknown, services: readonly string[]): ParsedSeed {
  const fields = new Fields(json, "");
  const withDemo = fields.flag("demo") ?? true;
  const demo = new Fields(withDemo ? demoSeed : {}, "");
  const accounts = [...readAccounts(demo), ...readAccounts(fields)];
  rejectRepeated(accounts);
  const home = accounts[0]?.projects[0]?.id ?? demoProjectId;
  const workflows = new Map<string, Workflow>();
  for (const workflow of [...readWorkflows(demo, home, services), ...readWorkflows(fields, home, services)]) {
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

/**
 * A workflow from the JSON of a script.
 * @throws {ShapeError} when a field is wrong
 */
export function scriptedWorkflow(
  json: unknown,
  id: string,
  options: {
    readonly defaultProjectId: string;
    readonly fromSeed: boolean;
    /** Epoch milliseconds. */
    readonly now: number;
    readonly path?: string;
    /** The services whose workflows can be scripted. */
    readonly services: readonly string[];
    /** @default the first of `services` */
    readonly defaultService?: string | undefined;
  },
): Workflow {
  const { services, defaultService = services[0] ?? "" } = options;
  const { service, projectId, script } = readWorkflowScript(
    json,
    id,
    options.path ?? "",
    services,
    defaultService,
  );
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

function readWorkflows(fields: Fields, defaultProjectId: string, services: readonly string[]): Workflow[] {
  return Object.entries(fields.object("workflows") ?? {}).map(([key, json]) => {
    const path = fields.at(`workflows.${key}`);
    const defaultService = services.find((service) => key.startsWith(`${service}:`));
    const id = defaultService === undefined ? key : key.slice(defaultService.length + 1);
    if (id.length < 1 || id.length > 64) throw new ShapeError(path, "a workflow id has 1 to 64 characters");
    return scriptedWorkflow(json, id, {
      defaultProjectId,
      fromSeed: true,
      now: seededAt,
      path,
      services,
      defaultService,
    });
  });
}

function readLimits(fields: Fields): Record<string, RateLimit> {
  const limits: Record<string, RateLimit> = {};
  for (const [operation, json] of Object.entries(fields.object("limits") ?? {})) {
    const rateLimit = new Fields(json, fields.at(`limits.${operation}`));
    limits[operation] = {
      tokens: rateLimit.requiredNumber("tokens", { min: 1 }),
      perSecond: rateLimit.requiredNumber("perSecond", { min: 0.001 }),
    };
    rateLimit.rejectUnknown();
  }
  return limits;
}
