/**
 * The life of the dynamic provider's process: told to end (the second Ctrl-C), or left behind by an engine that was
 * killed. Either way waiting ends, so that nothing polls, or even starts, for a deployment that is over.
 */
import { connect } from "node:net";
import { engineAddress } from "./engineReporter";

// The engine allows five seconds after the signal before it kills.
const lastWordsMs = 1_500;
// How often it is made sure that the engine is still there.
const watchMs = 5_000;
const answersWithinMs = 2_000;

/** This process, as the calls that it serves see it. */
export class HostProcess {
  readonly #ending = new AbortController();
  #calls = 0;
  #watch: NodeJS.Timeout | undefined;
  #isListening = false;

  /** Aborts when the process is to end. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Serves a call; meanwhile the process notices signals and the end of its engine. */
  async serve<T>(call: () => Promise<T>): Promise<T> {
    this.#listen();
    this.#calls += 1;
    this.#watch ??= setInterval(() => void this.#endIfOrphaned(), watchMs);
    try {
      return await call();
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) {
        clearInterval(this.#watch);
        this.#watch = undefined;
      }
    }
  }

  /** Whether the engine that made the calls is still there; true where that can't be told. */
  async hasEngine(): Promise<boolean> {
    const address = engineAddress(process.argv);
    const [, host, port] = /^(.*):(\d+)$/.exec(address ?? "") ?? [];
    if (host === undefined || port === undefined) return true;
    return new Promise((resolve) => {
      const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port: Number(port) });
      const answer = (isThere: boolean): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(isThere);
      };
      // Slow is not gone.
      const timer = setTimeout(() => {
        answer(true);
      }, answersWithinMs);
      socket.once("connect", () => {
        answer(true);
      });
      socket.once("error", (error: NodeJS.ErrnoException) => {
        answer(error.code !== "ECONNREFUSED");
      });
    });
  }

  // Only once there is something to say: a process that only compares ends as every other does.
  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    process.once("SIGINT", () => {
      this.#end(130);
    });
  }

  async #endIfOrphaned(): Promise<void> {
    if (!(await this.hasEngine())) this.#end(1);
  }

  #end(code: number): void {
    this.#ending.abort();
    setTimeout(() => process.exit(code), lastWordsMs);
  }
}
