/**
 * The one thing in the core that works outside of the simulated time: `scrypt` in Node's thread pool. While a simulation
 * plays it is done at once, and once for each text.
 */
import crypto from "node:crypto";

type Done = (error: Error | null, key: Buffer) => void;

const known = new Map<string, Buffer>();
let playing = 0;
let original: unknown;

/** Does some work while `scrypt` takes no time. */
export async function withImmediateScrypt<T>(work: () => Promise<T>): Promise<T> {
  const holder = crypto as unknown as { scrypt: unknown };
  if ((playing += 1) === 1) {
    original = holder.scrypt;
    holder.scrypt = immediateScrypt;
  }
  try {
    return await work();
  } finally {
    if ((playing -= 1) === 0) holder.scrypt = original;
  }
}

function immediateScrypt(text: string, salt: string, length: number, done: Done): void {
  const name = JSON.stringify([text, salt, length]);
  const key = known.get(name) ?? crypto.scryptSync(text, salt, length, { N: 2 });
  known.set(name, key);
  queueMicrotask(() => {
    done(null, key);
  });
}
