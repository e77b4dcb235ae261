/** Pages of lists that grow while they are read: a token names the place of the last item, not a count. */
import type { Execution } from "../../executions/record";
import { ShapeError } from "../../ground/jsonShape";

/** The place of an execution in the list, newest first. */
export interface Position {
  readonly startedAt: number;
  readonly sequence: number;
}

/** One page, and the token of the next if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * Reads a token.
 * @throws {ShapeError} for a token that the emulator has not issued
 */
export function readPosition(token: string | undefined): Position | undefined {
  if (token === undefined) return undefined;
  const [startedAt, sequence, ...rest] = Buffer.from(token, "base64url").toString().split("-").map(Number);
  if (
    startedAt === undefined ||
    sequence === undefined ||
    rest.length > 0 ||
    !Number.isInteger(startedAt + sequence)
  ) {
    throw new ShapeError("NextToken", "is not one that this operation has given");
  }
  return { startedAt, sequence };
}

/**
 * The page that follows the position in a list.
 * @param executions - Newest first.
 * @param oldestFirst - True if the pages go the other way.
 */
export function pageOf(
  executions: readonly Execution[],
  after: Position | undefined,
  limit: number,
  oldestFirst = false,
): Page<Execution> {
  const ordered = oldestFirst ? [...executions].reverse() : executions;
  const isOlder = ({ startedAt, sequence }: Position, than: Position): boolean =>
    startedAt < than.startedAt || (startedAt === than.startedAt && sequence < than.sequence);
  const rest = after
    ? ordered.filter((execution) => (oldestFirst ? isOlder(after, execution) : isOlder(execution, after)))
    : ordered;
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (rest.length <= limit || !last) return { items, nextToken: undefined };
  const place = `${String(last.startedAt)}-${String(last.sequence)}`;
  return { items, nextToken: Buffer.from(place).toString("base64url") };
}

/** A page of things with names, in the order of these; the token is the name to begin with. */
export function pageByName<T extends { readonly name: string }>(
  things: readonly T[],
  from: string | undefined,
  limit: number,
): Page<T> {
  const sorted = [...things].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rest = from === undefined ? sorted : sorted.filter(({ name }) => name >= from);
  return { items: rest.slice(0, limit), nextToken: rest[limit]?.name };
}
