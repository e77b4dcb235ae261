/**
 * Draws a script from a seed: first the world (the faults that exist in it, and their strength), then the events in it.
 * Few strong faults find more than all of them weakly.
 */
import { Draw } from "./draw";
import { hasExpress, isNamed, showsMarks } from "./program";
import type {
  ClockSpec,
  Deploy,
  Fault,
  FrontName,
  Json,
  MachineSpec,
  Moment,
  ResourceSpec,
  Script,
  StackSpec,
  Step,
  World,
} from "./script";

/** The troubles of a world, each from 0 (none) to 1. */
interface Climate {
  readonly lostAnswers: number;
  readonly kills: number;
  readonly ctrlC: number;
  readonly outages: number;
  readonly lists: number;
  readonly lies: number;
  readonly others: number;
  readonly clocks: number;
  readonly journals: number;
  readonly machines: number;
  readonly options: number;
}

/** Draws the script of a seed. */
export function generate(seed: number): Script {
  const draw = new Draw(`script ${String(seed)}`);
  const climate = drawClimate(draw);
  const world = { ...drawWorld(draw, climate), front: drawFront(seed) };
  const stacks = drawStacks(draw, climate, world);
  const steps = drawSteps(draw, climate, world, stacks);
  return { seed, world, stacks, steps: world.front === "plugin" ? withImport(seed, steps) : steps };
}

// By a chance of its own: a seed's history is the same through either front.
function drawFront(seed: number): FrontName {
  return new Draw(`front ${String(seed)}`).pick(["dynamic", "plugin"]);
}

// As with the front, nothing else is drawn otherwise.
function withImport(seed: number, steps: readonly Step[]): Step[] {
  const draw = new Draw(`import ${String(seed)}`);
  if (!draw.chance(0.3)) return [...steps];
  const place = draw.int(Math.ceil(steps.length / 2), steps.length);
  const step: Step = { do: "import", stack: 0, machine: 0, nth: draw.int(0, 2) };
  return [...steps.slice(0, place), step, ...steps.slice(place)];
}

function drawClimate(draw: Draw): Climate {
  const strength = (share: number): number => (draw.chance(share) ? draw.pick([0.2, 0.5, 0.8]) : 0);
  return {
    lostAnswers: strength(0.7),
    kills: strength(0.7),
    ctrlC: strength(0.3),
    outages: strength(0.35),
    lists: strength(0.12),
    lies: strength(0.08),
    others: strength(0.4),
    clocks: strength(0.35),
    journals: strength(0.3),
    machines: strength(0.4),
    options: strength(0.5),
  };
}

function drawWorld(draw: Draw, climate: Climate): World {
  const service = draw.weighted({ aom: 3, functiongraph: 3, cloudflow: 3, stepfunctions: 3, coc: 3 });
  const express = hasExpress(service) && draw.chance(0.08);
  const expressKept = express && service === "cloudflow" && draw.chance(0.5);
  const clock = (): ClockSpec =>
    climate.clocks === 0 || draw.chance(0.4)
      ? { aheadMs: draw.int(-200, 200) }
      : {
          aheadMs: Math.round((draw.next() - 0.5) * 2 * draw.pick([2_000, 20_000, 90_000, 600_000])),
          ...(draw.chance(0.2) ? { fastPerSecond: draw.pick([0.001, -0.001, 0.01]) } : {}),
        };
  const machine = (): MachineSpec => ({
    ...clock(),
    journal:
      climate.journals > 0 && draw.chance(climate.journals / 3) ? draw.pick(["unwritable", "none"]) : "kept",
    ...(draw.chance(0.02) ? { lockHeldMs: draw.pick([5_000, 60_000, 1_200_000]) } : {}),
  });
  const lag = draw.chance(0.45) ? draw.pick([1_000, 4_000, 10_000]) : 0;
  const longest = draw.pick([3_000, 20_000, 60_000, 400_000]);
  return {
    service,
    ...(express ? { express } : {}),
    ...(expressKept ? { expressKept } : {}),
    ...(showsMarks({ service }) && draw.chance(0.4)
      ? { headers: draw.weighted({ hidden: 8, empty: climate.lies > 0 ? 2 : 0 }) }
      : {}),
    nodes: Array.from({ length: draw.int(1, 3) }, clock),
    machines: Array.from({ length: climate.machines > 0 ? draw.int(2, 3) : 1 }, machine),
    workflows: draw.chance(0.6) ? 1 : 2,
    latencyMs: draw.pick([
      [10, 120],
      [20, 400],
      [50, 3_000],
    ]),
    lagMs: {
      list: lag === 0 ? 0 : draw.pick([0, lag]),
      detail: lag === 0 ? 0 : draw.pick([0, lag]),
      status: draw.pick([0, lag]),
    },
    durationMs: [Math.min(1_000, longest), express ? Math.min(longest, 200_000) : longest],
    failing: draw.chance(0.4) ? draw.pick([0.1, 0.4]) : 0,
    ...(draw.chance(0.12) ? { output: draw.pick(["markers", "unknown", "surrogate"]) } : {}),
    stopMs: draw.pick([200, 3_000, 20_000]),
    ...(service === "aom" && draw.chance(0.3) ? { inSeconds: true } : {}),
    ...(draw.chance(0.2) ? { withoutDate: true } : {}),
    ...(service === "cloudflow" && draw.chance(0.3) ? { gatewayCodes: true } : {}),
  };
}

function drawStacks(draw: Draw, climate: Climate, world: World): StackSpec[] {
  const count = draw.weighted({ one: 6, two: 3 }) === "one" ? 1 : 2;
  const hasName = isNamed(world) && world.express !== true && draw.chance(0.12);
  return Array.from({ length: count }, (_unused, stack): StackSpec => {
    const resources = Array.from({ length: draw.pick([1, 1, 1, 2, 2, 3]) }, (_none, index): ResourceSpec => {
      const name = "abc"[index] ?? "d";
      const key = draw.weighted({ none: 5, random: 3, literal: 1.5 });
      const workflow = draw.int(0, world.workflows - 1);
      const args = draw.chance(0.5) ? drawArguments(draw, world) : undefined;
      // A service can repeat some demands for ever; only a deadline ends such a wait.
      const deadline =
        climate.lies > 0 && draw.chance(0.6) ? { timeoutSeconds: draw.pick([3, 20, 90]) } : undefined;
      return {
        name,
        workflow,
        version: 1,
        ...(args || deadline ? { args: { ...args, ...deadline } } : {}),
        ...(key === "none"
          ? {}
          : { executionKey: key === "random" ? "random" : `release-${String(draw.int(1, 2))}` }),
        ...(hasName && index === 0 ? { executionName: `migrate-${String(stack)}` } : {}),
        ...(index > 0 && draw.chance(0.3) ? { dependsOn: "a" } : {}),
        ...(draw.chance(0.15) ? { replacementTrigger: 1 } : {}),
        ...(draw.chance(0.15) ? { deleteBeforeReplace: true } : {}),
        ...(draw.chance(0.02) ? { secretInput: true } : {}),
      };
    });
    return { name: `s${String(stack)}`, resources };
  });
}

function drawArguments(draw: Draw, world: World): Record<string, Json> {
  const args: Record<string, Json> = {};
  const maybe = (share: number, name: string, values: readonly Json[]): void => {
    if (draw.chance(share)) args[name] = draw.pick(values);
  };
  maybe(0.35, "timeoutSeconds", [3, 20, 90, 600]);
  maybe(0.25, "onTimeout", ["stop", "leave"]);
  maybe(0.2, "onFailure", ["continue"]);
  maybe(0.3, "onDelete", ["leave", "stop"]);
  maybe(0.25, "rerunOn", [["failed"], ["stopped"], ["failed", "timedOut"], "always"]);
  maybe(0.15, "waitFor", ["started"]);
  if (world.express !== true) maybe(0.4, "concurrency", ["allow", "adopt", "queue", "queue", "reject"]);
  maybe(0.12, "runOn", ["destroy"]);
  return args;
}

function drawSteps(draw: Draw, climate: Climate, world: World, stacks: readonly StackSpec[]): Step[] {
  const steps: Step[] = [];
  const count = draw.int(3, 9);
  const where = stacks.map(() => 0);
  const machineFor = (stack: number): number => {
    if (draw.chance(climate.machines)) where[stack] = draw.int(0, world.machines.length - 1);
    return where[stack] ?? 0;
  };
  const deploy = (stack: number): Deploy =>
    drawDeploy(draw, climate, world, stacks, stack, machineFor(stack));
  for (let index = 0; index < count; index += 1) {
    steps.push(...between(draw, climate, world, stacks, index === 0));
    const stack = draw.int(0, stacks.length - 1);
    if (stacks.length > 1 && draw.chance(0.35)) {
      steps.push({ do: "together", deploys: [deploy(0), deploy(1)], apartMs: draw.pick([0, 200, 2_000]) });
    } else if (draw.chance(climate.clocks * 0.4)) {
      // The clock is set while the deployment is under way.
      steps.push({
        do: "clockDuring",
        deploy: deploy(stack),
        afterMs: draw.int(200, 8_000),
        ...drawJump(draw, world),
      });
    } else {
      steps.push(deploy(stack));
    }
    if (draw.chance(0.25)) steps.push({ do: "answer", stack });
  }
  return steps;
}

function drawJump(draw: Draw, world: World): { machine?: number; node?: number; byMs: number } {
  const byMs = draw.pick([-3_600_000, -90_000, -60_000, -3_000, 3_000, 90_000, 1_200_000]);
  return draw.chance(0.5)
    ? { machine: draw.int(0, world.machines.length - 1), byMs }
    : { node: draw.int(0, world.nodes.length - 1), byMs };
}

// The events between two deployments.
function between(
  draw: Draw,
  climate: Climate,
  world: World,
  stacks: readonly StackSpec[],
  isFirst: boolean,
): Step[] {
  const steps: Step[] = [];
  const workflow = (): number => draw.int(0, world.workflows - 1);
  if (!isFirst) {
    if (draw.chance(0.5)) {
      const stack = draw.int(0, stacks.length - 1);
      const resource = draw.pick(stacks[stack]?.resources ?? []);
      steps.push({ do: "edit", stack, resource: resource.name, set: drawEdit(draw, world, resource) });
    }
    if (draw.chance(0.5))
      steps.push({ do: "wait", ms: draw.pick([500, 5_000, 20_000, 70_000, 130_000, 500_000]) });
    if (draw.chance(climate.journals * 0.4)) {
      steps.push({
        do: "journal",
        machine: draw.int(0, world.machines.length - 1),
        what: draw.pick(["lost", "damaged"]),
      });
    }
    if (draw.chance(climate.others * 0.4)) {
      steps.push(
        draw.chance(0.6)
          ? { do: "othersStop", workflow: workflow(), nth: draw.int(0, 2) }
          : { do: "othersDelete", workflow: workflow(), nth: draw.int(0, 2) },
      );
    }
    if (draw.chance(climate.clocks * 0.4)) steps.push({ do: "clock", ...drawJump(draw, world) });
  }
  if (draw.chance(climate.others * 0.6)) {
    const hasName = isNamed(world) && draw.chance(0.3);
    steps.push({
      do: "othersStart",
      workflow: workflow(),
      ...(hasName ? { name: draw.pick(["migrate-0", "migrate-0-2", "nightly"]) } : {}),
      forMs: draw.pick([2_000, 30_000, 300_000]),
    });
  }
  return steps;
}

function drawEdit(draw: Draw, world: World, resource: ResourceSpec): Record<string, Json> {
  switch (
    draw.weighted({
      version: 10,
      args: 2,
      gone: 1,
      trigger: 1.5,
      key: 1,
      workflow: world.workflows > 1 ? 0.7 : 0,
    })
  ) {
    case "version":
      return { version: draw.pick([1, 2, 2, 3]) };
    case "args": {
      const args = drawArguments(draw, world);
      delete args["runOn"];
      return { args };
    }
    case "gone":
      return { gone: true };
    case "trigger":
      return { replacementTrigger: draw.int(1, 3) };
    case "key":
      return {
        executionKey:
          resource.executionKey === "random" ? "random" : draw.pick([null, "release-1", "release-3"]),
      };
    case "workflow":
      return { workflow: draw.int(0, world.workflows - 1) };
  }
}

function drawDeploy(
  draw: Draw,
  climate: Climate,
  world: World,
  stacks: readonly StackSpec[],
  stack: number,
  machine: number,
): Deploy {
  const command = draw.weighted({ up: 10, refresh: 1, destroy: 1.2 });
  const names = (stacks[stack]?.resources ?? []).map(({ name }) => name);
  const faults = drawFaults(draw, climate, world);
  const isOption = draw.chance(climate.options * 0.5);
  return {
    do: command,
    stack,
    machine,
    ...(command === "up" && draw.chance(0.3) ? { preview: true } : {}),
    ...(command === "up" && isOption && draw.chance(0.4) ? { refresh: true } : {}),
    ...(command !== "refresh" && isOption && names.length > 1 && draw.chance(0.3)
      ? { target: draw.pick(names) }
      : {}),
    ...(command === "up" && isOption && draw.chance(0.4) ? { replace: draw.pick(names) } : {}),
    ...(faults.length > 0 ? { faults } : {}),
    ...(draw.chance(climate.kills)
      ? { kill: { who: draw.weighted({ all: 6, engine: 3, host: 2 }), moment: drawMoment(draw) } }
      : {}),
    ...(draw.chance(climate.ctrlC)
      ? {
          ctrlC: {
            moment: drawMoment(draw),
            ...(draw.chance(0.5) ? { secondAfterMs: draw.pick([1, 50, 400, 3_000]) } : {}),
          },
        }
      : {}),
  };
}

// A moment where an interruption hurts the most: around the starts and their results.
function drawMoment(draw: Draw): Moment {
  switch (draw.weighted({ start: 6, engine: 2, disk: 2, any: 3, time: 2 })) {
    case "start":
      return {
        at: "start",
        nth: draw.pick([1, 1, 1, 2, 3]),
        when: draw.pick(["before", "sent", "sent", "after", "after"]),
      };
    case "engine":
      return { at: "engine", nth: draw.int(1, 8), when: draw.pick(["before", "after"]) };
    case "disk":
      return { at: "disk", nth: draw.int(1, 8), when: draw.pick(["before", "sent", "after"]) };
    case "any":
      return { at: "any", nth: draw.int(1, 60), when: draw.pick(["before", "sent", "after"]) };
    case "time":
      return { ms: draw.pick([400, 1_000, 3_000, 10_000, 40_000]) };
  }
}

function drawFaults(draw: Draw, climate: Climate, world: World): Fault[] {
  const faults: Fault[] = [];
  const seconds = (...values: number[]): number => draw.pick(values) * 1_000;
  if (draw.chance(climate.lostAnswers)) {
    // A repeatable start is sent four times; all of them can be lost.
    const times = draw.pick([1, 1, 2, 4, 4]);
    const what = draw.pick([
      "lostAfter",
      "lostAfter",
      "lostAfter",
      "hangAfter",
      "errorAfter",
      "lostBefore",
      "garbage",
      "cutBody",
      "late",
    ] as const);
    faults.push({
      on: "start",
      nth: 1,
      ...(times === 1 ? {} : { times }),
      what,
      ...(what === "late" ? { ms: seconds(2, 8, 14, 25, 45) } : {}),
    });
  }
  const kinds = ["start", "detail", "detail", "list", "list", "stop", "history"] as const;
  if (draw.chance(climate.outages)) {
    for (let count = draw.int(1, 4); count > 0; count -= 1) {
      const what = draw.pick([
        "errorBefore",
        "throttled",
        "slow",
        "hangBefore",
        "lostBefore",
        "refused",
        "drip",
        "garbage",
      ] as const);
      const on = draw.pick(kinds);
      const ms =
        what === "throttled"
          ? draw.pick([0, 2_000, 20_000])
          : what === "slow" || what === "drip"
            ? seconds(2, 12, 28)
            : undefined;
      faults.push({ on, nth: draw.int(1, 5), what, ...(ms === undefined ? {} : { ms }) });
    }
  }
  if (draw.chance(climate.lists)) {
    for (let nth = draw.int(1, 3); nth > 0; nth -= 1) faults.push({ on: "list", nth, what: "cutList" });
  }
  if (draw.chance(climate.lies)) {
    // Only these lists and histories have tokens.
    const endless = isNamed(world) ? "sameToken" : "retryAfter";
    switch (draw.pick(["foreignId", "foreignName", "badId", endless, "retryAfter"])) {
      case "foreignId":
        faults.push({ on: "start", nth: 1, what: "foreignId" });
        break;
      case "foreignName":
        faults.push({
          on: "start",
          nth: 1,
          what: isNamed(world) ? "foreignName" : "foreignId",
        });
        break;
      case "badId":
        faults.push({ on: "start", nth: 1, what: "badId", ms: draw.int(0, 5) });
        break;
      case "sameToken":
        faults.push({ on: draw.pick(["list", "history"]), nth: 1, what: "sameToken", times: 1_000_000 });
        break;
      default:
        // A request is sent four times at the most.
        faults.push({
          on: draw.pick(["start", "start", ...kinds]),
          nth: draw.pick([1, 1, 2, 3]),
          times: draw.pick([1, 2, 4]),
          what: "throttled",
          ms: 86_400_000,
        });
    }
  }
  return faults;
}
