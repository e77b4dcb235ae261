/** The per-target part of a node's output: which machines or workloads are done, under way and to come. */
import { derivedUuid } from "../../ground/identifiers";
import type { JsonObject } from "../../ground/jsonShape";
import type { Target, TargetGroups } from "../../player/script";
import type { NodeRun } from "../steps";

/** Targets that a node works on at the same time. */
const targetsAtOnce = 10;

interface PlannedTarget {
  readonly target: Target;
  readonly failed: boolean;
  /** Position among all targets of the node, from 0. */
  readonly index: number;
  /** The point in the course of the node at which the target ends, 0 to 1. */
  readonly turn: number;
}

/** `output` of a node: target arrays as far as the node has come, and the script's own keys once it has ended. */
export function nodeOutput(run: NodeRun, region: string): JsonObject {
  const { targets, output, log } = run.node;
  const finished = run.phase === "ended" && run.progress === 1;
  const own = finished ? output : undefined;
  if (!targets) return { ...own, ...(finished && log !== undefined ? { log } : {}) };
  return { ...targetArrays(run, targets, region), ...own };
}

function targetArrays(run: NodeRun, groups: TargetGroups, region: string): JsonObject {
  const planned = inTurn(groups);
  const done = Math.floor(planned.length * run.progress);
  const ended = run.phase === "ended";
  const underWay = run.phase === "running" ? planned.slice(done, done + targetsAtOnce) : [];
  const toCome = planned.slice(done + underWay.length);
  const render = (item: PlannedTarget, isDone: boolean): JsonObject =>
    renderTarget(item, isDone, run, groups, region);
  const finished = planned.slice(0, done);
  const firstExtra = planned.length;
  const extra = (targets: readonly Target[], from: number): JsonObject[] =>
    targets.map((target, at) => render({ target, failed: false, index: from + at, turn: 1 }, false));
  const stuck = extra(groups.inExecution, firstExtra);
  return {
    success: finished.filter(({ failed }) => !failed).map((item) => render(item, true)),
    fail: finished.filter(({ failed }) => failed).map((item) => render(item, true)),
    in_execution: [...underWay.map((item) => render(item, false)), ...(ended ? stuck : [])],
    not_performed: [
      ...toCome.map((item) => render(item, false)),
      ...(ended ? [] : stuck),
      ...extra(groups.notPerformed, firstExtra + stuck.length),
    ],
  };
}

// Failures are spread among the successes, as they would be, instead of all coming last.
function inTurn({ success, fail }: TargetGroups): PlannedTarget[] {
  const spread = (targets: readonly Target[], failed: boolean, from: number): PlannedTarget[] =>
    targets.map((target, at) => ({ target, failed, index: from + at, turn: (at + 0.5) / targets.length }));
  return [...spread(success, false, 0), ...spread(fail, true, success.length)].sort(
    (a, b) => a.turn - b.turn,
  );
}

function renderTarget(
  item: PlannedTarget,
  done: boolean,
  run: NodeRun,
  groups: TargetGroups,
  region: string,
): JsonObject {
  const made = groups.kind === "ecs" ? ecsInstance(item, region) : cceWorkload(item);
  const result = done ? targetResult(item, run, groups.kind) : {};
  return { ...made, ...result, ...item.target };
}

// All numbers are texts, as AOM has them.
function targetResult({ failed }: PlannedTarget, run: NodeRun, kind: TargetGroups["kind"]): JsonObject {
  const log = failed ? (run.node.log ?? "") : "";
  const executeTime = String(Math.min(run.node.durationMs, 130));
  if (kind === "cce") {
    return {
      code: failed ? "1" : "0",
      log: log || (failed ? "Restart Failed." : "Restart Success."),
      execute_time: executeTime,
    };
  }
  return {
    code: "0",
    error_msg: "",
    exit_code: failed ? "1" : "0",
    execute_time: executeTime,
    start_time: String(run.beganAt),
    log,
  };
}

function ecsInstance({ index, target }: PlannedTarget, region: string): JsonObject {
  const name =
    typeof target["name"] === "string" ? target["name"] : `ecs-${String(index + 1).padStart(3, "0")}`;
  const ip = `10.0.${String(Math.floor(index / 250) + 3)}.${String((index % 250) + 5)}`;
  return {
    id: derivedUuid("ecs", name),
    name,
    ip,
    fixed_ip_list: [ip],
    floating_ip_List: [],
    vpc_id: derivedUuid("vpc", region),
    os_type: "Linux",
    agent_state: "ONLINE",
    instance_status: "ACTIVE",
    availability_zone: `${region}a`,
    charging_mode: "0",
    enterprise_project_id: "0",
    tags: [],
    current_project: true,
  };
}

function cceWorkload({ index, target }: PlannedTarget): JsonObject {
  const name = typeof target["name"] === "string" ? target["name"] : `workload-${String(index + 1)}`;
  return {
    id: derivedUuid("cce", name),
    name,
    app: name,
    namespace: "default",
    type: "manual",
    replicas: 1,
    availableReplicas: 1,
    matchLabels: JSON.stringify({ app: name, version: "v1" }),
    cceWorkloadCluster: derivedUuid("cluster", "default"),
    cceWorkloadType: "deployments",
    cmdb_work_load_id: derivedUuid("cmdb", name),
    creationTimestamp: " ",
    current_project: true,
  };
}
