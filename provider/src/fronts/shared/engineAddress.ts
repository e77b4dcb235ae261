/**
 * The address of the engine that has started this process: where it stands, and whether anybody is there.
 */
import { connect } from "node:net";

const answersWithinMs = 2_000;

/** The engine's address among a process's arguments: the last `host:port`; flags may stand before it. */
export function engineAddress(argv: readonly string[]): string | undefined {
  return argv.slice(2).findLast((argument) => /^[\w.-]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i.test(argument));
}

/** True if an engine is still at this address, or if that cannot be told. */
export async function hasEngineAt(address: string | undefined): Promise<boolean> {
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
