/**
 * The provider's process: the real provider of a service behind one of its fronts, with everything that it reaches for handed in
 * by the simulation.
 */
import type { ServiceName } from "../../provider/src/services/registry";
import type { SessionOptions } from "../../provider/src/lifecycle";
import { RunRegister } from "../../provider/src/lifecycle";
import type { EngineReporter } from "../../provider/src/fronts/shared/engineMessages";
import type { Clock } from "../../provider/src/ground/clock";
import type { Fetch } from "../../provider/src/http/httpClient";
import type { Draw } from "./draw";
import type { Machine } from "./machine";
import type { SimulatedProcess } from "./process";
import type { ProviderSide } from "./providerSide";
import type { Timeline } from "./timeline";

/** The parts of a process of the provider. */
export interface HostOptions {
  readonly service: ServiceName;
  /** Names the engine that has started it: all processes that it starts are told the same. */
  readonly engine: string;
  readonly machine: Machine;
  readonly process: SimulatedProcess;
  readonly timeline: Timeline;
  readonly draw: Draw;
  readonly fetch: Fetch;
  /** True if the engine that has started the process still exists. */
  readonly hasEngine: () => boolean;
  /** Told of every message. */
  readonly onMessage: (
    severity: "status" | "info" | "warning" | "trouble",
    urn: string | undefined,
    text: string,
  ) => void;
}

/** The provider, as the engine has it. */
export interface Host {
  readonly provider: ProviderSide;
  /** This process is to end: everything that waits ends, and nothing is reported as done. */
  abort(): void;
  /** The first Ctrl-C. */
  cancel(isBusy: boolean): void;
  /** The work of the process when the engine is through with it. */
  rest(isCutShort: boolean): Promise<void>;
}

/** The parts of the world that the provider's process has. */
export interface ProcessWorld {
  readonly register: RunRegister;
  readonly clock: Clock;
  readonly session: Pick<SessionOptions, "fetch" | "clock" | "random" | "uuid">;
  readonly reporter: (urn: string | undefined) => EngineReporter;
  readonly hasEngine: () => Promise<boolean>;
}

/** Settings of the account, by vendor. */
export const account = { accessKey: "SIMULATEDACCESSKEY01", secretKey: "simulated-secret-key-01" } as const;

/** Settings are in the stack's configuration alone. */
export const nowhere = { environment: () => undefined, readFile: () => undefined } as const;

/** Opens a process of the provider. */
export function openWorld(options: HostOptions): ProcessWorld {
  const { machine, process, timeline, draw, fetch, onMessage } = options;
  const clock = clockOf(options);
  const register = new RunRegister({
    ...(machine.journal === "none" ? {} : { storage: journalOn(options) }),
    lock: (workflow, work, wait) => underLock(options, workflow, work, wait),
    clock,
    onTrouble: (message, urn) => {
      onMessage("trouble", urn, message);
    },
  });
  return {
    register,
    clock,
    session: { fetch, clock, random: () => draw.next(), uuid: () => draw.uuid() },
    hasEngine: () =>
      process.act("check", (deliver) => {
        timeline.after(1, () => {
          deliver(() => options.hasEngine());
        });
      }),
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
        // A write that was not done when the process died is not done.
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
  // A waiter that has given up does nothing.
  if (!held) return;
  try {
    await work(() => true);
  } finally {
    machine.release(workflow, process);
  }
}
