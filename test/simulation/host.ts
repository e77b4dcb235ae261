/**
 * The provider's process: the real provider of a service, with everything that it reaches for handed in by the simulation.
 */
import { ExecutionProvider } from "../../provider/src/fronts/dynamic/executionProvider";
import { DeploymentMemory } from "../../provider/src/fronts/shared/deploymentMemory";
import type { ProviderProcess } from "../../provider/src/fronts/dynamic/executionProvider";
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import type { ServiceName } from "../../provider/src/services/registry";
import { RunRegister, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { Clock } from "../../provider/src/ground/clock";
import type { Fetch } from "../../provider/src/http/httpClient";
import type { Draw } from "./draw";
import type { Machine } from "./machine";
import type { SimulatedProcess } from "./process";
import type { Timeline } from "./timeline";

/** What a process of the provider is made of. */
export interface HostOptions {
  readonly service: ServiceName;
  readonly machine: Machine;
  readonly process: SimulatedProcess;
  readonly timeline: Timeline;
  readonly draw: Draw;
  readonly fetch: Fetch;
  /** Whether the engine that has started it is still there. */
  readonly hasEngine: () => boolean;
  /** Told of every message. */
  readonly onMessage: (
    severity: "status" | "info" | "warning" | "trouble",
    urn: string | undefined,
    text: string,
  ) => void;
}

/** The provider, as the engine calls it. */
export interface Host {
  readonly provider: ExecutionProvider;
  /** The deployment is to end, or this process is. */
  abort(): void;
  /** What is done when the engine is through with a process that nobody has cut short. */
  rest(): Promise<void>;
}

const config: Readonly<Record<string, string>> = {
  "huaweicloud:accessKey": "SIMULATEDACCESSKEY01",
  "huaweicloud:secretKey": "simulated-secret-key-01",
  "alicloud:accessKey": "SIMULATEDACCESSKEY01",
  "alicloud:secretKey": "simulated-secret-key-01",
  "aws:accessKey": "SIMULATEDACCESSKEY01",
  "aws:secretKey": "simulated-secret-key-01",
};

/** Opens the provider in a process. */
export function openHost(options: HostOptions): Host {
  const { service, machine, process, timeline, draw, fetch, onMessage } = options;
  const ending = new AbortController();
  const clock = clockOf(options);
  const register = new RunRegister({
    ...(machine.journal === "none" ? {} : { storage: journalOn(options) }),
    lock: (workflow, work, wait) => underLock(options, workflow, work, wait),
    clock,
    onTrouble: (message, urn) => {
      onMessage("trouble", urn, message);
    },
  });
  const deployment = new DeploymentMemory();
  const settings = {
    config: (key: string) => config[key],
    environment: () => undefined,
    readFile: () => undefined,
    words: stackSettingWords,
  };
  const thisProcess: ProviderProcess = {
    host: {
      signal: ending.signal,
      deployment: undefined,
      serve: (call) => call(),
      hasEngine: () =>
        process.act("check", (deliver) => {
          timeline.after(1, () => {
            deliver(() => options.hasEngine());
          });
        }),
    },
    register,
    deployment,
    openSession: () =>
      openSession({ settings, fetch, clock, random: () => draw.next(), uuid: () => draw.uuid() }),
    reporter: (urn) => ({
      explain: (text) =>
        process.act("log", (deliver) => {
          onMessage("info", urn, text);
          timeline.after(1, () => {
            deliver(() => undefined);
          });
        }),
      status: (text) => {
        onMessage("status", urn, text);
      },
      info: (text) => {
        onMessage("info", urn, text);
      },
      warn: (text) => {
        onMessage("warning", urn, text);
      },
    }),
    everythingSaid: () => Promise.resolve(),
  };
  return {
    provider: new ExecutionProvider(services[service], thisProcess),
    abort: () => {
      ending.abort();
    },
    rest: async () => {
      const isReady = !deployment.hasFailed;
      await Promise.all(
        deployment.answered.map(({ service: of, urn, id }) => register.answered(of, urn, id, { isReady })),
      );
    },
  };
}

function clockOf({ machine, process, timeline }: HostOptions): Clock {
  return {
    now: () => machine.clock.now(),
    elapsed: () => timeline.nowMs,
    sleep: (ms, signal) => {
      if (signal?.aborted === true) return Promise.resolve();
      return process.act("sleep", (deliver) => {
        const end = (): void => {
          cancel();
          signal?.removeEventListener("abort", end);
          deliver(() => undefined);
        };
        const cancel = timeline.after(ms, end);
        signal?.addEventListener("abort", end, { once: true });
      });
    },
    alarm: (atMs, callBack) =>
      timeline.after(Math.max(0, atMs - machine.clock.now()), () => {
        if (process.isAlive) callBack();
      }),
    timeout: (ms) => {
      const limit = new AbortController();
      timeline.after(ms, () => {
        if (process.isAlive) limit.abort();
      });
      return limit.signal;
    },
  };
}

function journalOn({
  machine,
  process,
  timeline,
}: HostOptions): NonNullable<NonNullable<ConstructorParameters<typeof RunRegister>[0]>["storage"]> {
  const { files } = machine;
  const disk = <T>(work: () => T): Promise<T> =>
    process.act("disk", (deliver) => {
      timeline.after(1, () => {
        // What was not written when the process died is not written.
        if (!process.isAlive) return;
        let result: () => T;
        try {
          const value = work();
          result = () => value;
        } catch (error) {
          result = () => {
            throw error as Error;
          };
        }
        deliver(result);
      });
    });
  const writable = (): void => {
    if (machine.journal === "unwritable") throw Object.assign(new Error("read-only"), { code: "EROFS" });
  };
  return {
    place: `/machine${String(machine.index)}/journal`,
    read: (name) => files.get(name)?.text,
    list: (service) =>
      disk(() =>
        [...files.keys()].filter((name) => name.startsWith(`${service}/`) && name.endsWith(".json")),
      ),
    write: (name, text) =>
      disk(() => {
        writable();
        files.set(name, { text, writtenMs: machine.clock.now() });
      }),
    setAside: (name) =>
      disk(() => {
        writable();
        const file = files.get(name);
        if (!file) throw Object.assign(new Error("not there"), { code: "ENOENT" });
        files.delete(name);
        files.set(`${name}.damaged`, file);
      }),
    remove: (name) =>
      disk(() => {
        writable();
        files.delete(name);
      }),
    olderThan: (service, beforeMs) =>
      disk(() =>
        [...files]
          .filter(([name, { writtenMs }]) => name.startsWith(`${service}/`) && writtenMs < beforeMs)
          .map(([name]) => name),
      ),
  };
}

type Lock = NonNullable<NonNullable<ConstructorParameters<typeof RunRegister>[0]>["lock"]>;

async function underLock(
  { machine, process, timeline }: HostOptions,
  workflow: string,
  work: Parameters<Lock>[1],
  { signal, onWait }: Parameters<Lock>[2],
): Promise<void> {
  const held = await process.act<boolean>("lock", (deliver) => {
    let isHeld = false;
    const tellLater = timeline.after(1_000, () => {
      if (!isHeld && process.isAlive) onWait?.("waiting for another deployment on this machine");
    });
    const done = (): void => {
      tellLater();
      signal.removeEventListener("abort", giveUp);
      timeline.after(1, () => {
        deliver(() => isHeld);
      });
    };
    const giveUp = (): void => {
      takeBack();
      done();
    };
    const takeBack = machine.acquire(workflow, process, () => {
      isHeld = true;
      done();
    });
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
  // Whoever has given up does nothing.
  if (!held) return;
  try {
    await work(() => true);
  } finally {
    machine.release(workflow, process);
  }
}
