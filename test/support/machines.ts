/**
 * Machines that deploy to one emulated workflow, and processes on them that are interrupted: a new process knows of the
 * earlier ones only the content of the machine's journal. Nothing sleeps, unless the scene is in real time.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RequestInit } from "node-fetch";
import type { Emulator } from "runbook-emulator";
import type { Fetch } from "../../provider/src/http/httpClient";
import type { Clock } from "../../provider/src/ground/clock";
import type {
  Arguments,
  BackendDefinition,
  LifecycleHost,
  Outcome,
  Session,
} from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { RunRegister, create, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { EmulatedExecution, LoggedRequest } from "./emulators";
import { control, executionsOf, requestsOf } from "./emulators";
import type { ServiceRow } from "../contract/serviceRow";
import { serviceRows } from "../contract/serviceRows";
import { workflowArgument } from "./everyService";
import type { EmulatedHost } from "./lifecycleHosts";
import { emulatedHost, emulatorSettings, recordingReporter } from "./lifecycleHosts";
import { startWithStates } from "./stepFunctions/emulatedStates";

const operationsOf = (service: ServiceName): ServiceRow["operations"] =>
  serviceRows.find((row) => row.service === service)!.operations;

/** The options of a process that a test decides; the rest is as in any deployment. */
export type ProcessOptions = Partial<
  Pick<
    LifecycleHost,
    | "urn"
    | "supersedes"
    | "secretArguments"
    | "signal"
    | "isReplacement"
    | "isInState"
    | "operationTimeoutSeconds"
    | "isWanted"
  >
> & {
  readonly onStatus?: (text: string) => void;
  /** For a crash before the answer: names that the service refuses first because they are used up. */
  readonly usedNames?: number;
};

/** A machine. */
export interface Machine {
  /** Folder of its journal. */
  readonly folder: string;
  /** A new process on it. */
  process(options?: ProcessOptions): EmulatedHost;
}

/** One workflow of one service, and all that deploy it. */
export interface Scene {
  readonly service: ServiceName;
  readonly emulator: Emulator;
  readonly startOperation: string;
  readonly listOperation: string;
  readonly lookOperation: string;
  /** Arguments that name the workflow, and more. */
  args(more?: Arguments): Arguments;
  /** Scripts the workflow: one step of this length. */
  takes(durationMs: number, more?: object): Promise<void>;
  /** Moves the time on both sides; not in real time. */
  advance(ms: number): Promise<void>;
  now(): number;
  readonly clock: Clock;
  machine(): Machine;
  fault(description: object): Promise<void>;
  quirks(description: object): Promise<void>;
  /** Starts an execution as if somebody else had; gives its id. */
  foreign(more?: object): Promise<string>;
  /** All executions, in the order they were started. */
  executions(): Promise<EmulatedExecution[]>;
  /** Requests of one operation. */
  asked(operation: string): Promise<LoggedRequest[]>;
  close(): Promise<void>;
}

/** The workflow's id in a scene. */
export const sceneWorkflow = "wf";

/** Opens a scene; its clock stands still and is moved by waiting, or runs with the machine's. */
export async function openScene(service: ServiceName, { realTime = false } = {}): Promise<Scene> {
  const emulator = await startWithStates();
  const base = await emulatedHost(emulator);
  if (realTime) await control(emulator, "POST", "/clock", { realtime: true });
  const folders: string[] = [];
  const settings = emulatorSettings(emulator);
  const session = realTime ? openSession({ settings }) : base.session;
  // A long poll lasts real seconds, which pass for nothing where the clock stands still.
  const { capabilities, ...rest } = services[service] as BackendDefinition;
  const definition: BackendDefinition = realTime
    ? services[service]
    : { ...rest, capabilities: { ...capabilities, longPollSeconds: 0 } };
  const operations = operationsOf(service);
  const workflow = workflowArgument(service, sceneWorkflow);
  const inScene: Scene = {
    service,
    emulator,
    startOperation: operations.start,
    listOperation: operations.list,
    lookOperation: operations.describe,
    args: (more = {}) => ({ ...workflow, ...more }),
    takes: async (durationMs, more = {}) => {
      const script = { service, nodes: [{ id: "Work", durationMs }], ...more };
      await control(emulator, "PUT", `/workflows/${sceneWorkflow}`, script);
    },
    advance: (ms) => base.clock.advance(ms),
    now: () => session.clock.now(),
    clock: session.clock,
    machine: () => {
      const folder = mkdtempSync(join(tmpdir(), "wfx-journal-"));
      folders.push(folder);
      return {
        folder,
        process: ({ onStatus, ...options } = {}) => ({
          ...base,
          session,
          definition,
          reporter: recordingReporter(onStatus),
          register: new RunRegister({ journalFolder: folder }),
          ...options,
        }),
      };
    },
    fault: async (description) => {
      await control(emulator, "POST", "/faults", description);
    },
    quirks: async (description) => {
      await control(emulator, "PUT", "/quirks", description);
    },
    foreign: async (more = {}) => {
      const body = { workflowId: sceneWorkflow, service, ...more };
      const { executionId } = (await control(emulator, "POST", "/executions", body)) as {
        executionId: string;
      };
      return executionId.split(":").at(-1)!;
    },
    executions: async () => {
      // The control API gives the newest first, also among executions that began at the same moment.
      const newestLast = (await executionsOf(emulator)).reverse();
      return newestLast.sort((a, b) => a.startedAt - b.startedAt);
    },
    asked: async (operation) =>
      (await requestsOf(emulator)).filter((request) => request.operation === operation),
    close: async () => {
      await emulator.close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
  return inScene;
}

/** The moments of a start at which a deployment can be killed. */
export type Crash = "beforePost" | "beforeAnswer" | "beforeState";

/**
 * Deploys on a machine and is killed: before the post went out, after the service has handled it but before its answer,
 * or after the answer but before the engine has saved the state. The execution, if there is one, goes on.
 */
export async function crash(
  scene: Scene,
  machine: Machine,
  where: Crash,
  args: Arguments,
  options: ProcessOptions = {},
): Promise<void> {
  if (where === "beforeState") {
    const outcome = await create({ ...args, waitFor: "started" }, machine.process(options));
    expect(outcome.kind).toBe("ready");
    return;
  }
  if (where === "beforePost") {
    // The last status before the request is sent.
    const onStatus = (text: string): void => {
      if (text === "starting") throw new Error("killed");
    };
    await expect(create(args, machine.process({ ...options, onStatus }))).rejects.toThrow("killed");
    return;
  }
  await crashBeforeAnswers(scene, machine, args, [options]);
}

/** One process deploys several resources and is killed after the service has handled their starts, before any answer. */
export async function crashBeforeAnswers(
  scene: Scene,
  machine: Machine,
  args: Arguments,
  resources: readonly ProcessOptions[],
): Promise<void> {
  const before = (await scene.executions()).length;
  const killed = new AbortController();
  const usedNames = resources.reduce((sum, resource) => sum + (resource.usedNames ?? 0), 0);
  await scene.fault({ operation: scene.startOperation, action: "dropAfter", skip: usedNames, count: null });
  const session = await afterLostAnswers(scene, resources.length, () => {
    killed.abort();
  });
  const host = { ...machine.process({ signal: killed.signal }), session };
  const deployed = await Promise.allSettled(
    resources.map((options) => create(args, { ...host, ...options })),
  );
  await control(scene.emulator, "DELETE", "/faults");
  expect(deployed.map(({ status }) => status)).toEqual(resources.map(() => "rejected"));
  expect(await scene.executions()).toHaveLength(before + resources.length);
}

/** A session that calls back when it has sent the given number of starts. */
export async function afterStarts(scene: Scene, count: number, callBack: () => void): Promise<Session> {
  let posts = 0;
  return sessionWith(scene, (send) => {
    const answer = send();
    if ((posts += 1) === count) callBack();
    return answer;
  });
}

/**
 * A session that calls back when the service has handled the given number of starts and has dropped their connections.
 * Until then no start learns that its answer is lost, so none is sent again before the others are out.
 */
export async function afterLostAnswers(scene: Scene, count: number, callBack: () => void): Promise<Session> {
  let lost = 0;
  let tellAll = (): void => undefined;
  const allLost = new Promise<void>((resolve) => (tellAll = resolve));
  return sessionWith(scene, async (send) => {
    try {
      return await send();
    } catch (error) {
      if ((lost += 1) === count) {
        callBack();
        tellAll();
      }
      await allLost;
      throw error;
    }
  });
}

/** A session whose starts are sent by a test's own means. */
async function sessionWith(
  scene: Scene,
  start: (send: () => ReturnType<Fetch>) => ReturnType<Fetch>,
): Promise<Session> {
  const { default: nodeFetch } = await import("node-fetch");
  const fetch: Fetch = (url, init) => {
    const send = (): ReturnType<Fetch> => nodeFetch(url, init);
    return isStart(url, init) ? start(send) : send();
  };
  const { clock } = scene;
  return openSession({ settings: emulatorSettings(scene.emulator), clock, random: () => 0.5, fetch });
}

function isStart(url: string, { method, headers }: RequestInit): boolean {
  const action = new Headers(headers as Record<string, string>).get("x-acs-action");
  if (action !== null) return action === operationsOf("cloudflow").start;
  // COC starts by a request to the job, and stops by one to all executions.
  const { pathname } = new URL(url);
  const isStartPath = /\/workflow[^/]*\/[^/]+\/executions$|^\/v1\/documents\/[^/]+$/.test(pathname);
  return method === "POST" && isStartPath;
}

/** The stored state of an outcome, whatever it is. */
export function idAndState(outcome: Outcome): {
  readonly id: string;
  readonly startedAt: string | undefined;
  readonly settledAt: string | undefined;
} {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const { startedAt, settledAt } = outcome.state;
  return { id: outcome.id, startedAt: text(startedAt), settledAt: text(settledAt) };
}

/**
 * Lets another machine's resource run the workflow once, where executions show names in their details: only an
 * execution that has one proves that the service shows them. Gives the ids of the executions.
 */
export async function proveNames(scene: Scene): Promise<readonly string[]> {
  if (services[scene.service].capabilities.runMark !== "detail") return [];
  const urn = "urn:pulumi:another::another::type::another";
  return [(await create(scene.args(), scene.machine().process({ urn }))).id];
}
