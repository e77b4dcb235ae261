/**
 * Makes a script that breaks a promise shorter: takes away steps, faults, resources and oddities of the world one by one, as
 * long as the same promise is still broken.
 */
import { play } from "./play";
import type { Deploy, ResourceSpec, Script, Step, World } from "./script";

const plainWorld: Omit<World, "service"> = {
  nodes: [{ aheadMs: 0 }],
  machines: [{ aheadMs: 0, journal: "kept" }],
  workflows: 1,
  latencyMs: [10, 120],
  lagMs: { list: 0, detail: 0, status: 0 },
  durationMs: [1_000, 3_000],
  failing: 0,
  stopMs: 200,
};

/** The shortest script that was found to break the same promise. */
export async function shrink(script: Script, kind: string, maxTries = 600): Promise<Script> {
  let best = script;
  let tries = 0;
  for (let isShorter = true; isShorter && tries < maxTries;) {
    isShorter = false;
    for (const candidate of shorter(best)) {
      if ((tries += 1) > maxTries) break;
      if (!(await breaks(candidate, kind))) continue;
      best = candidate;
      isShorter = true;
      break;
    }
  }
  return best;
}

async function breaks(script: Script, kind: string): Promise<boolean> {
  try {
    const { violations } = await play(script);
    return violations.some((violation) => violation.kind === kind);
  } catch {
    return false;
  }
}

function* shorter(script: Script): Generator<Script> {
  const { steps, stacks, world } = script;
  // Many at once first.
  for (let size = Math.floor(steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from + size <= steps.length; from += size) {
      yield { ...script, steps: [...steps.slice(0, from), ...steps.slice(from + size)] };
    }
  }
  for (const [index, step] of steps.entries()) {
    for (const simpler of simplerSteps(step)) {
      yield { ...script, steps: steps.map((one, place) => (place === index ? simpler : one)) };
    }
  }
  if (stacks.length > 1) {
    for (const kept of stacks) yield { ...script, stacks: [kept] };
  }
  for (const [index, stack] of stacks.entries()) {
    const withResources = (resources: readonly ResourceSpec[]): Script => ({
      ...script,
      stacks: stacks.map((one, place) => (place === index ? { ...one, resources } : one)),
    });
    if (stack.resources.length > 1) {
      for (const gone of stack.resources) yield withResources(stack.resources.filter((one) => one !== gone));
    }
    for (const resource of stack.resources) {
      for (const simpler of simplerResources(resource)) {
        yield withResources(stack.resources.map((one) => (one === resource ? simpler : one)));
      }
    }
  }
  for (const [name, plain] of Object.entries(plainWorld)) {
    if (JSON.stringify(world[name as keyof World]) === JSON.stringify(plain)) continue;
    yield { ...script, world: { ...world, [name]: plain } };
  }
  for (const name of [
    "headers",
    "output",
    "inSeconds",
    "gatewayCodes",
    "withoutDate",
    "expressKept",
    "express",
    "front",
  ] as const) {
    if (world[name] !== undefined) yield { ...script, world: without(world, name) };
  }
  if (world.machines.length > 1) {
    yield {
      ...script,
      world: { ...world, machines: world.machines.map(() => ({ aheadMs: 0, journal: "kept" })) },
    };
  }
  for (const part of ["list", "detail", "status"] as const) {
    if (world.lagMs[part] > 0) yield { ...script, world: { ...world, lagMs: { ...world.lagMs, [part]: 0 } } };
  }
}

function* simplerSteps(step: Step): Generator<Step> {
  switch (step.do) {
    case "up":
    case "refresh":
    case "destroy":
    case "import":
      yield* simplerDeploys(step);
      return;
    case "together":
      for (const [index, deploy] of step.deploys.entries()) {
        yield deploy;
        for (const simpler of simplerDeploys(deploy)) {
          yield { ...step, deploys: step.deploys.map((one, place) => (place === index ? simpler : one)) };
        }
      }
      return;
    case "clockDuring":
      yield step.deploy;
      for (const simpler of simplerDeploys(step.deploy)) yield { ...step, deploy: simpler };
      return;
    case "edit":
      if (Object.keys(step.set).length > 1) {
        for (const name of Object.keys(step.set)) yield { ...step, set: without(step.set, name) };
      }
      if (typeof step.set["args"] === "object" && step.set["args"] !== null) {
        const args = step.set["args"] as Record<string, never>;
        for (const name of Object.keys(args))
          yield { ...step, set: { ...step.set, args: without(args, name) } };
      }
      return;
    case "wait":
      if (step.ms > 1_000) yield { ...step, ms: Math.round(step.ms / 2_000) * 1_000 };
      return;
    default:
  }
}

function* simplerDeploys(deploy: Deploy): Generator<Deploy> {
  for (const name of ["faults", "kill", "ctrlC", "preview", "refresh", "target", "replace"] as const) {
    if (deploy[name] !== undefined) yield without(deploy, name);
  }
  if (deploy.machine > 0) yield { ...deploy, machine: 0 };
  const { faults = [], kill, ctrlC } = deploy;
  for (const fault of faults) yield { ...deploy, faults: faults.filter((one) => one !== fault) };
  for (const [index, fault] of faults.entries()) {
    if (fault.times === undefined) continue;
    const simpler =
      fault.times > 2 ? { ...fault, times: Math.ceil(fault.times / 2) } : without(fault, "times");
    yield { ...deploy, faults: faults.map((one, place) => (place === index ? simpler : one)) };
  }
  if (kill && kill.who !== "all") yield { ...deploy, kill: { ...kill, who: "all" } };
  if (ctrlC?.secondAfterMs !== undefined) yield { ...deploy, ctrlC: { moment: ctrlC.moment } };
}

function* simplerResources(resource: ResourceSpec): Generator<ResourceSpec> {
  const optional = [
    "args",
    "executionKey",
    "executionName",
    "dependsOn",
    "replacementTrigger",
    "deleteBeforeReplace",
    "secretInput",
  ] as const;
  for (const name of optional) {
    if (resource[name] !== undefined) yield without(resource, name);
  }
  const { args } = resource;
  for (const name of Object.keys(args ?? {})) yield { ...resource, args: without(args ?? {}, name) };
}

function without<T extends object>(bag: T, name: string): T {
  return Object.fromEntries(Object.entries(bag).filter(([key]) => key !== name)) as T;
}
