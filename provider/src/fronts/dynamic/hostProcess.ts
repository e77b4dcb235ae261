/**
 * The life of the dynamic provider's process: the deployment is cancelled (Ctrl-C), the process is told to end (the
 * second Ctrl-C), or it is left behind by an engine that was killed. Either way waiting ends, with the execution's id
 * kept where there still is somebody to take it, and nothing is started for a deployment that is over.
 */
import { Server as NetServer } from "node:net";
import { engineAddress, hasEngineAt } from "../shared/engineAddress";

// The engine tells every provider of the first Ctrl-C by this call. The dynamic provider host answers it and does
// nothing else, and offers no way to hear of it.
const cancelPath = "/pulumirpc.ResourceProvider/Cancel";

// The engine allows five seconds after the signal before it kills.
const lastWordsMs = 1_500;
const restMs = 4_000;
// The interval of the checks that the engine is still there, in milliseconds.
const watchMs = 5_000;

/** This process, as the calls that it serves see it. */
export class HostProcess {
  readonly #ending = new AbortController();
  readonly #atRest: () => Promise<void>;
  #calls = 0;
  #isListening = false;
  #isCutShort = false;

  /** @param atRest does the remaining work when the engine ends this process while no call is under way. */
  constructor(atRest: () => Promise<void> = () => Promise.resolve()) {
    this.#atRest = atRest;
  }

  /** Aborts when the process is to end. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Serves a call; meanwhile the process notices signals and the end of its engine. */
  async serve<T>(call: () => Promise<T>): Promise<T> {
    this.#listen();
    this.#calls += 1;
    try {
      return await call();
    } finally {
      this.#calls -= 1;
    }
  }

  /** The deployment that this process serves: its engine's address, the same for all processes that the engine has started. */
  get deployment(): string | undefined {
    return engineAddress(process.argv);
  }

  /** True if the engine that made the calls is still there, or if that cannot be told. */
  hasEngine(): Promise<boolean> {
    return hasEngineAt(this.deployment);
  }

  // Only once there is something to say: a process that only compares ends as every other does.
  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    setInterval(() => void this.#endIfOrphaned(), watchMs).unref();
    let isInterrupted = false;
    // Not `once`: a library (signal-exit) ends the process at once where it finds no listener but its own.
    process.on("SIGINT", () => {
      if (isInterrupted) return;
      isInterrupted = true;
      if (this.#calls > 0) this.#end(130);
      else void this.#rest();
    });
    // With the engine the pipes are gone. Any further output of the host would fail, the failure would have to be
    // written, and so on for ever, at full speed.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
    for (const server of serversOf(process)) {
      server.on("stream", (_stream: unknown, headers: Readonly<Record<string, unknown>>) => {
        if (headers[":path"] !== cancelPath) return;
        // It also comes at the end of every deployment; then nothing is under way.
        this.#isCutShort ||= this.#calls > 0;
        this.#ending.abort();
      });
    }
  }

  async #endIfOrphaned(): Promise<void> {
    if (!(await this.hasEngine())) this.#end(1);
  }

  // Ends a deployment that nobody has interrupted: its engine is done with all answers that it received.
  async #rest(): Promise<void> {
    setTimeout(() => process.exit(130), restMs).unref();
    // After an interruption the content of the state is not known.
    if (!this.#isCutShort) await this.#atRest().catch(() => undefined);
    process.exit(130);
  }

  #end(code: number): void {
    this.#ending.abort();
    setTimeout(() => process.exit(code), lastWordsMs);
  }
}

// The host's own server, found among the handles that keep the process alive: its requests are only read. If a later
// Node does not tell, the first Ctrl-C is not heard, as in any other dynamic provider, and the deployment ends when its
// executions do.
function serversOf(host: NodeJS.Process): NetServer[] {
  const { _getActiveHandles: list } = host as unknown as { _getActiveHandles?: () => unknown };
  try {
    const handles: unknown = list?.call(host);
    return Array.isArray(handles) ? handles.filter((handle) => handle instanceof NetServer) : [];
  } catch {
    return [];
  }
}
