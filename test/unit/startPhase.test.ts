/**
 * The time before there is an execution, on a simulated clock: what is not sent by its end, what is seen through all the
 * same, and what is said of either.
 */
import type { Backend, StartRequest, StartedExecution } from "../../provider/src/execution/service";
import {
  OutOfTimeError,
  RequestInterruptedError,
  ServiceError,
  StartUncertainError,
  ThrottledError,
} from "../../provider/src/ground/errors";
import type { LifecycleHost } from "../../provider/src/lifecycle";
import { RunArguments } from "../../provider/src/execution/runArguments";
import { RunRegister, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { inStartPhase } from "../../provider/src/starting/startPhase";
import { startInterrupted } from "../../provider/src/starting/posting";
import { recordingReporter } from "../support/lifecycleHosts";
import { settingsOf } from "../support/sessions";
import type { SimulatedClock } from "../support/simulatedClock";
import { simulatedClock } from "../support/simulatedClock";

const request = { operation: "Start", method: "POST", url: "http://service" };
const args = { workflowId: "wf", timeoutSeconds: 60 };

let clock: SimulatedClock;
let startMs: number;
let controller: AbortController;
let host: LifecycleHost;
beforeEach(() => {
  clock = simulatedClock();
  startMs = clock.now();
  controller = new AbortController();
  host = {
    definition: services.aom,
    session: openSession({ settings: settingsOf({}), clock }),
    reporter: recordingReporter(),
    signal: controller.signal,
    urn: "urn",
    register: new RunRegister(),
    secretArguments: [],
  };
});

const seconds = (): number => (clock.now() - startMs) / 1_000;

/** Sends as the HTTP client does: waits for a token first, and is then seen through. */
function starting({
  waitsMs = 0,
  takesMs = 40,
  fails,
}: {
  readonly waitsMs?: number;
  readonly takesMs?: number;
  readonly fails?: Error;
}): Backend["start"] {
  return async ({ signal, patience = signal, onSent }: StartRequest): Promise<StartedExecution> => {
    if (waitsMs > 0) {
      await clock.sleep(waitsMs, AbortSignal.any([signal, patience]));
      if (patience.aborted) throw new OutOfTimeError(request, { mayHaveArrived: false });
    }
    if (signal.aborted) throw new OutOfTimeError(request, { mayHaveArrived: false });
    onSent?.();
    await clock.sleep(takesMs);
    if (fails) throw fails;
    return { executionId: "ex-1" };
  };
}

/** A list, a status request, a stop: as long as asked for, or until interrupted. */
async function asking(takesMs: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(takesMs, signal);
  if (signal.aborted) throw new RequestInterruptedError(request, { mayHaveArrived: true });
}

function backendOf(start: Backend["start"]): Backend {
  return {
    subject: "workflow wf",
    consoleUrl: () => undefined,
    start,
    listUnsettled: async (signal) => {
      await asking(10_000_000, signal);
      return [];
    },
    describe: async (executionId, { signal }) => {
      await asking(5_000, signal);
      return { executionId, status: "running", rawStatus: "", steps: [] };
    },
  } as Partial<Backend> as Backend;
}

const phase = <T>(
  start: Backend["start"],
  work: (backend: Backend, signal: AbortSignal) => Promise<T>,
  given: object = args,
): Promise<T> =>
  clock.run(
    inStartPhase({ ...host, args: RunArguments.read(host.definition, { ...args, ...given }) }, (own) =>
      work(own.bind(backendOf(start)), own.host.signal),
    ),
  );
const post = (backend: Backend): Promise<StartedExecution> =>
  backend.start({ runName: "run", signal: host.signal });
const errorOf = (work: Promise<unknown>): Promise<Error & { code?: string }> =>
  work.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: unknown) => error as Error,
  );

test("a start that would have to wait beyond the deadline is not sent", async () => {
  const error = await errorOf(phase(starting({ waitsMs: 3_600_000 }), post));
  expect(error.code).toBe("WFX-START-TIMEOUT");
  expect(error.message).toBe(
    "no execution of workflow wf was started within 1m (timeoutSeconds): Start: could not be sent in time",
  );
  expect(seconds()).toBe(60);
});

test("a start whose turn comes after the deadline is not sent", async () => {
  const late = async (backend: Backend): Promise<StartedExecution> => {
    await clock.sleep(61_000);
    return post(backend);
  };
  expect((await errorOf(phase(starting({}), late))).code).toBe("WFX-START-TIMEOUT");
});

test("with a time of a second, what has to wait for nothing still goes", async () => {
  const late = async (backend: Backend): Promise<StartedExecution> => {
    await clock.sleep(5_000);
    return post(backend);
  };
  expect(await phase(starting({}), late, { timeoutSeconds: 1 })).toEqual({ executionId: "ex-1" });
});

test("a start that is on the wire at the deadline is seen through", async () => {
  const late = async (backend: Backend): Promise<StartedExecution> => {
    await clock.sleep(59_000);
    return post(backend);
  };
  expect(await phase(starting({ takesMs: 29_000 }), late)).toEqual({ executionId: "ex-1" });
  expect(seconds()).toBe(88);
});

test("customTimeouts counts more", async () => {
  host = { ...host, operationTimeoutSeconds: 5 };
  const error = await errorOf(phase(starting({ waitsMs: 3_600_000 }), post));
  expect(error.message).toContain("within 5s (customTimeouts)");
  expect(seconds()).toBe(5);
});

describe("what is asked before", () => {
  test("ends one request after the deadline", async () => {
    const work = (backend: Backend, signal: AbortSignal): Promise<unknown> => backend.listUnsettled(signal);
    expect((await errorOf(phase(starting({}), work))).code).toBe("WFX-START-TIMEOUT");
    expect(seconds()).toBe(90);
  });

  test("is refused for good: an error like any other", async () => {
    const refused = new ServiceError({ status: 403, request });
    expect(await errorOf(phase(starting({ fails: refused }), post))).toBe(refused);
  });

  test("fails when the time is over, for a reason that would have passed: that reason is told", async () => {
    const throttled = new ThrottledError({ status: 429, request, retryAfterMs: 300_000 });
    const error = await errorOf(phase(starting({ takesMs: 60_000, fails: throttled }), post));
    expect(error.code).toBe("WFX-START-TIMEOUT");
    expect(error.message).toContain("Start was refused: HTTP 429");
    expect(error.cause).toBe(throttled);
  });

  test("is interrupted: no word of time", async () => {
    const work = (backend: Backend, signal: AbortSignal): Promise<unknown> => {
      void clock.sleep(5_000).then(() => {
        controller.abort();
      });
      return backend.listUnsettled(signal);
    };
    expect(await errorOf(phase(starting({}), work))).toBeInstanceOf(RequestInterruptedError);
  });
});

test("a sleep that the time ends is no interruption by a person", async () => {
  const work = async (_backend: Backend, signal: AbortSignal): Promise<never> => {
    await clock.sleep(500_000, signal);
    throw startInterrupted();
  };
  expect((await errorOf(phase(starting({}), work))).code).toBe("WFX-START-TIMEOUT");
  expect(seconds()).toBe(90);
});

describe("a start whose answer is lost", () => {
  const lost = new StartUncertainError("no answer");

  test("at the deadline is looked for all the same", async () => {
    const looks: number[] = [];
    const work = async (backend: Backend, signal: AbortSignal): Promise<string> => {
      await clock.sleep(59_000);
      await post(backend).catch(() => undefined);
      for (let look = 0; look < 3; look += 1) {
        await backend.describe("ex-1", { signal });
        looks.push(seconds());
      }
      return "found";
    };
    expect(await phase(starting({ takesMs: 30_000, fails: lost }), work)).toBe("found");
    expect(looks).toEqual([94, 99, 104]);
  });

  test("is not looked for for ever", async () => {
    const work = async (backend: Backend, signal: AbortSignal): Promise<unknown> => {
      await post(backend).catch(() => undefined);
      return backend.listUnsettled(signal);
    };
    await errorOf(phase(starting({ fails: lost }), work, { timeoutSeconds: 1 }));
    expect(seconds()).toBeLessThanOrEqual(80);
  });

  test("stays in doubt, whatever goes wrong afterwards: nobody says that nothing was started", async () => {
    const refused = new ServiceError({ status: 403, request });
    const work = async (backend: Backend): Promise<never> => {
      await post(backend).catch(() => undefined);
      throw refused;
    };
    const error = await errorOf(phase(starting({ fails: lost }), work));
    expect(error).toBeInstanceOf(StartUncertainError);
    expect(error.message).toMatch(/^it is not known whether an execution of workflow wf was started/);
    expect(error.message).not.toContain("Nothing was started");
    expect(error.cause).toBe(refused);
  });
});
