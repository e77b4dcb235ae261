/**
 * The life of the plugin's process: it ends when the engine says so, and when the engine is gone without a word.
 */
import { fstatSync } from "node:fs";

// The engine allows five seconds after the signal before it kills.
const lastWordsMs = 1_500;
const pollMs = 20;
// The interval of the checks that the process still has its first parent, in milliseconds; used if there is no pipe to
// tell.
const watchMs = 1_000;

/** The served calls, as the end of the process sees them. */
export interface ServedCalls {
  readonly isBusy: boolean;
  /** Everything that waits is to end. */
  abort(): void;
  /** Does the remaining work once nothing is under way and all answers have arrived. */
  rest(): Promise<void>;
}

/** Ends the process with its engine. */
export function endWithEngine(served: ServedCalls): void {
  let isEnding = false;
  const end = async (code: number, isAskedToEnd: boolean): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(code), lastWordsMs * 2).unref();
    if (served.isBusy) {
      served.abort();
      await quiet(served);
    } else if (isAskedToEnd) {
      // A dead engine may not have saved the answers that it received.
      await served.rest().catch(() => undefined);
    }
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end(0, true));
  whenOrphaned(() => void end(1, false));
  // With the engine the pipes are gone. A failed write there would be an error to write there.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

async function quiet(served: ServedCalls): Promise<void> {
  const untilMs = performance.now() + lastWordsMs;
  while (served.isBusy && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

// The engine holds a pipe to the standard input, which ends with it. A language host that starts the plugin, or a person who
// attaches it to a debugger, gives none: there the parent has to do.
function whenOrphaned(isOrphaned: () => void): void {
  if (hasPipe()) {
    process.stdin.on("end", isOrphaned).on("close", isOrphaned).on("error", isOrphaned);
    process.stdin.resume();
    process.stdin.unref();
    return;
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) isOrphaned();
  }, watchMs).unref();
}

function hasPipe(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}
