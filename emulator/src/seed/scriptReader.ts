/** Turns the JSON of a scripted workflow (control API, seed file) into a WorkflowScript, or says which field is wrong. */
import { Fields, readNumber, readText, ShapeError, isJsonObject } from "../ground/jsonShape";
import type { NodeScript, RunScript, Target, TargetGroups, WorkflowScript } from "../player/script";

const longestMs = 366 * 24 * 3600 * 1000;
const mostNodes = 200;
const mostTargets = 10_000;
const durationLimits = { min: 0, max: longestMs };

/** A script's JSON, as it was read: the service and project that it belongs to, and the script itself. */
export interface ScriptDescription {
  readonly service: string;
  readonly projectId: string | undefined;
  readonly script: WorkflowScript;
}

/**
 * Reads a script.
 * @param services - the services whose workflows can be scripted
 * @param defaultService - the one that is meant when the JSON names none
 * @throws {ShapeError} when a field is wrong
 */
export function readWorkflowScript(
  json: unknown,
  id: string,
  path: string,
  services: readonly string[],
  defaultService: string,
): ScriptDescription {
  const fields = new Fields(json, path);
  const service = fields.text("service", { oneOf: services }) ?? defaultService;
  const projectId = fields.text("projectId", { min: 1, max: 64 });
  const name = fields.text("name", { min: 1, max: 64 }) ?? id;
  const description = fields.text("description", { max: 128 }) ?? "";
  const attributes = fields.object("attributes") ?? {};
  const base = readRun(fields, undefined);
  const runs =
    fields.list("runs", (value, at) => {
      const changes = new Fields(value, at);
      const run = readRun(changes, base);
      changes.rejectUnknown();
      return run;
    }) ?? [];
  fields.rejectUnknown();
  return { service, projectId, script: { name, description, base, runs, attributes } };
}

function readRun(fields: Fields, base: RunScript | undefined): RunScript {
  const ownNodes = fields.list("nodes", readNode);
  const nodes = ownNodes ?? base?.nodes ?? fields.required<NodeScript[]>("nodes", undefined);
  if (nodes.length === 0 || nodes.length > mostNodes) {
    throw new ShapeError(
      fields.at("nodes"),
      `must have 1 to ${String(mostNodes)} nodes, has ${String(nodes.length)}`,
    );
  }
  rejectRepeatedIds(nodes, fields.at("nodes"));
  return {
    nodes: withDurations(fields, withChanges(fields, nodes)),
    status: fields.text("status", { min: 1, max: 32 }) ?? base?.status,
    runningStatus: fields.text("runningStatus", { min: 1, max: 32 }) ?? base?.runningStatus,
    requiresApproval: fields.flag("requiresApproval") ?? base?.requiresApproval ?? false,
    approvers:
      fields.list("approvers", (item, at) => readText(item, at, { min: 1 })) ?? base?.approvers ?? [],
    queuedMs: fields.number("queuedMs", durationLimits) ?? base?.queuedMs ?? 0,
    stopTakesMs: fields.number("stopTakesMs", durationLimits) ?? base?.stopTakesMs ?? 0,
  };
}

// `change` edits single nodes by id, so that a run need not repeat all of them.
function withChanges(fields: Fields, nodes: readonly NodeScript[]): readonly NodeScript[] {
  const changes = fields.object("change");
  if (!changes) return nodes;
  const at = fields.at("change");
  for (const id of Object.keys(changes)) {
    if (!nodes.some((node) => node.id === id)) throw new ShapeError(`${at}.${id}`, "is not the id of a node");
  }
  return nodes.map((node) => {
    const change = changes[node.id];
    return change === undefined ? node : { ...node, ...readNodeChange(change, `${at}.${node.id}`) };
  });
}

// `durationsMs` replaces the nodes' durations in order; fewer entries leave the rest as they are.
function withDurations(fields: Fields, nodes: readonly NodeScript[]): readonly NodeScript[] {
  const durations = fields.list("durationsMs", (value, at) => readNumber(value, at, durationLimits));
  if (!durations) return nodes;
  if (durations.length > nodes.length) {
    throw new ShapeError(
      fields.at("durationsMs"),
      `has ${String(durations.length)} entries for ${String(nodes.length)} nodes`,
    );
  }
  return nodes.map((node, index) => ({ ...node, durationMs: durations[index] ?? node.durationMs }));
}

function rejectRepeatedIds(nodes: readonly NodeScript[], path: string): void {
  const seen = new Set<string>();
  for (const [index, { id }] of nodes.entries()) {
    if (seen.has(id))
      throw new ShapeError(`${path}[${String(index)}].id`, `repeats the id ${JSON.stringify(id)}`);
    seen.add(id);
  }
}

function readNode(json: unknown, path: string): NodeScript {
  const fields = new Fields(json, path);
  const id = fields.requiredText("id", { min: 1, max: 64 });
  const name = fields.text("name", { min: 1, max: 128 }) ?? id;
  const parts = readNodeParts(fields);
  const onRestart = fields.has("onRestart")
    ? readNodeChange(fields.raw("onRestart"), fields.at("onRestart"))
    : undefined;
  fields.rejectUnknown();
  return {
    status: "success",
    ignoreError: false,
    pause: false,
    ...parts,
    durationMs: fields.required("durationMs", parts.durationMs),
    id,
    name,
    onRestart,
  };
}

function readNodeChange(json: unknown, path: string): Partial<NodeScript> {
  const fields = new Fields(json, path);
  const parts = readNodeParts(fields);
  fields.rejectUnknown();
  return parts;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

// Only the fields that are present: an absent field must not overwrite the node that the parts are merged onto.
function readNodeParts(fields: Fields): Partial<NodeScript> {
  const parts: Mutable<Partial<NodeScript>> = {};
  const durationMs = fields.number("durationMs", durationLimits);
  if (durationMs !== undefined) parts.durationMs = durationMs;
  const status = fields.text("status", { min: 1, max: 32 });
  if (status !== undefined) parts.status = status;
  const output = fields.object("output");
  if (output) parts.output = output;
  const log = fields.text("log");
  if (log !== undefined) parts.log = log;
  const error = fields.text("error", { min: 1, max: 128 });
  if (error !== undefined) parts.error = error;
  const cause = fields.text("cause", { max: 4096 });
  if (cause !== undefined) parts.cause = cause;
  const ignoreError = fields.flag("ignoreError");
  if (ignoreError !== undefined) parts.ignoreError = ignoreError;
  const pause = fields.flag("pause");
  if (pause !== undefined) parts.pause = pause;
  if (fields.has("targets")) parts.targets = readTargets(fields.raw("targets"), fields.at("targets"));
  return parts;
}

function readTargets(json: unknown, path: string): TargetGroups {
  const fields = new Fields(json, path);
  const kind = fields.text("kind", { oneOf: ["ecs", "cce"] }) === "cce" ? "cce" : "ecs";
  const groups: TargetGroups = {
    kind,
    success: readGroup(fields, "success"),
    fail: readGroup(fields, "fail"),
    inExecution: readGroup(fields, "in_execution"),
    notPerformed: readGroup(fields, "not_performed"),
  };
  fields.rejectUnknown();
  return groups;
}

// A group is a list of names or of objects, or only a number: that many made-up ones.
function readGroup(fields: Fields, name: string): readonly Target[] {
  const value = fields.raw(name);
  if (typeof value === "number") {
    const count = readNumber(value, fields.at(name), { min: 0, max: mostTargets, integer: true });
    return Array.from({ length: count }, () => ({}));
  }
  const items = fields.list(name, (item, at): Target => {
    if (typeof item === "string") return { name: readText(item, at, { min: 1 }) };
    if (isJsonObject(item)) return item;
    throw new ShapeError(at, "must be a name or an object");
  });
  return items ?? [];
}
