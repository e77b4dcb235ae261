/**
 * The key of a wanted run: the same for every attempt to have it, another for every other one. Also the names that
 * starts carry, by which a run that is already there is found instead of started again.
 */
import { createHash, scrypt } from "node:crypto";
import type { RunArguments } from "../execution/runArguments";
import { isMap } from "../execution/rules";

/** A finished execution of the run: the state holds it, and the next start comes after it. */
export interface Superseded {
  readonly id: string;
  /** RFC 3339, the service's clock; absent if the state does not say. */
  readonly startedAt?: string | undefined;
  /** RFC 3339, the service's clock; absent if it has not settled. */
  readonly settledAt?: string | undefined;
  /** True if no call has shown that the state has the execution: the last deployment answered with it. */
  readonly isUnseen?: boolean | undefined;
  /** The name that its start carried, where that is known. */
  readonly runName?: string | undefined;
  /**
   * True if nobody named the replaced execution: this is the last one that this machine saw, and another machine may
   * have gone on.
   */
  readonly isGuess?: boolean | undefined;
  /** The execution that `adoptExecutionId` named then: it has been taken over, or was superseded itself. */
  readonly adoptedId?: string | undefined;
}

/** One run that the program wants. */
export interface WantedRun {
  /**
   * `A-Za-z0-9_-`, the first a letter or `_`, with room for a suffix within {@link longestName}; up to that length where the
   * program chose the name. Names of executions begin with it: {@link runNameOf}.
   */
  readonly key: string;
  /** The longest name that a start can carry, in characters. */
  readonly longestName: number;
  /**
   * True if `executionKey`, or an arming, gave the key: then any execution with the key is this run, also one that has ended.
   * Never true together with `isNamed`.
   */
  readonly isGiven: boolean;
  /**
   * The time at which the key was made, in milliseconds since the epoch by the clock of the machine; known only for
   * UUIDs of version 7.
   */
  readonly keyMadeMs?: number | undefined;
  /** True if the program chose the execution's very name, which then proves nothing alone. */
  readonly isNamed: boolean;
  /** Of a teardown runbook: the arming that it is run for. */
  readonly armedId?: string | undefined;
  readonly supersedes?: Superseded | undefined;
}

/** The identity of a wanted run, besides its arguments. */
export interface RunIdentity {
  readonly urn: string | undefined;
  /** Arguments that are secret: their values are hashed at a cost, so that nobody finds them by trying. */
  readonly secretArguments: readonly string[];
  readonly supersedes?: Superseded | undefined;
  /** Names one arming of a teardown runbook, in place of `executionKey`, which only counts besides. */
  readonly armedId?: string | undefined;
}

/** Id for a teardown runbook that is armed: no execution has it. */
export function newArmedId(uuid: () => string): string {
  return `armed-${uuid()}`;
}

/** True for the id of a teardown runbook: the state that has it has no execution. */
export function isArmedId(id: string): boolean {
  return /^armed-[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id);
}

/** Works out the key of the run that the arguments ask for. */
export async function wantedRun(args: RunArguments, identity: RunIdentity): Promise<WantedRun> {
  const { armedId } = identity;
  const { executionKey } = args.common;
  const given = armedId ?? executionKey;
  // An armed runbook that never ran has no execution to supersede.
  const supersedes =
    identity.supersedes && isArmedId(identity.supersedes.id) ? undefined : identity.supersedes;
  const { longestRunName: longestName } = args;
  const rest = { armedId, supersedes, longestName };
  // The name is the key then, and `executionKey` is not in it: an execution with the name need not be one of that key.
  if (args.runName !== undefined) return { ...rest, key: args.runName, isGiven: false, isNamed: true };
  // An arming has another run once the program gives another key, as with any other argument that is changed.
  const isRekeyed = armedId !== undefined && executionKey !== undefined;
  const whose = isRekeyed ? `${armedId} ${executionKey}` : (given ?? identity.urn ?? "");
  const digest = await digestOf(args, whose, identity.secretArguments);
  // One given key is one execution for all resources. A derived key is recognised by the resource's name.
  const readable = given === undefined ? identity.urn?.split("::").at(-1) : readableKey(given, identity);
  const room = longestName - digest.length - 1 - suffixLength;
  const key = `${legible(readable ?? "", room)}-${digest}`;
  return { ...rest, key, isGiven: given !== undefined, keyMadeMs: uuid7Ms(given), isNamed: false };
}

function readableKey(given: string, { secretArguments }: RunIdentity): string {
  return secretArguments.includes("executionKey") ? "" : `run-${given}`;
}

// Keeps the letters that the services allow in names, and leaves room for the digest and the attempt.
function legible(text: string, room: number): string {
  const letters = text.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[^A-Za-z_]+/, "");
  return letters.slice(0, Math.min(80, room)) || "run";
}

// Of `-r` or `-n` and ten digits, which a key leaves room for.
const suffixLength = 12;

// The place of an execution does not belong to the key. Keys are looked up within one workflow, and a region that now
// comes from another source is the same region.
async function digestOf(
  args: RunArguments,
  whose: string,
  secretArguments: readonly string[],
): Promise<string> {
  const values = args.identifying.filter(([name]) => name !== "executionKey" && name !== "runOn");
  const isSecret = (name: string): boolean => secretArguments.includes(name);
  const open = values.filter(([name]) => !isSecret(name));
  const secret = values.filter(([name]) => isSecret(name));
  const openly = isSecret("executionKey") ? "" : whose;
  if (openly !== whose) secret.push(["executionKey", whose]);
  const hash = createHash("sha256").update(canonical([openly, open]));
  if (secret.length > 0) hash.update(await slowHash(canonical(secret), openly));
  return hash.digest("hex").slice(0, 16);
}

// The key stands in the service's lists for everybody to read. A plain hash would let anyone try words until one fits.
function slowHash(text: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(text, salt, 32, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

// JSON with the keys in order: the order of keys in a program means nothing.
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isMap(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

/**
 * The name that the start of a run carries; undefined for one that has no name yet and gets a new one.
 *
 * A run that replaces an execution is named after that execution, which the state holds until the replacement has
 * arrived. So every machine finds it by its name alone, and no other run ever has the same name: neither one with the
 * same arguments before, nor one after.
 */
export function runNameOf(wanted: WantedRun): string | undefined {
  const { key, isGiven, isNamed, supersedes, longestName } = wanted;
  // If the predecessor is only a guess, and was under another key, this key was never used for it.
  const isFirst =
    !supersedes ||
    (isGiven && supersedes.isGuess === true && !bearsKey(key, supersedes.runName ?? supersedes.id));
  if (isFirst) return isGiven || isNamed ? key : undefined;
  const attempt = isNamed ? attemptOf(key, supersedes.id) : undefined;
  const suffix =
    attempt === undefined ? `-r${shortDigest(`${key} ${supersedes.id}`)}` : `-${String(attempt + 1)}`;
  return `${key.slice(0, longestName - suffix.length)}${suffix}`;
}

/**
 * A name that no execution has had. The name is noted before it is posted, so that an execution with the name is known
 * to be this machine's.
 * @param uuid makes a new UUID.
 */
export function newRunName(
  { key, longestName }: Pick<WantedRun, "key" | "longestName">,
  uuid: () => string,
): string {
  const suffix = `-n${uuid().replaceAll("-", "").slice(-10)}`;
  return `${key.slice(0, longestName - suffix.length)}${suffix}`;
}

/** True for the names that starts of a key's runs carry. */
export function bearsKey(key: string, name: string): boolean {
  return name === key || (name.startsWith(key) && /^-[rn][\da-f]{10}$/.test(name.slice(key.length)));
}

// The attempt's number under a name that the program chose: the name itself, `name-2`, `name-3`, ….
function attemptOf(key: string, name: string): number | undefined {
  if (name === key) return 1;
  const [, number] = name.startsWith(`${key}-`)
    ? (/^([2-9]|[1-9]\d{1,5})$/.exec(name.slice(key.length + 1)) ?? [])
    : [];
  return number === undefined ? undefined : Number(number);
}

function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}

function uuid7Ms(key: string | undefined): number | undefined {
  const [, high, low] =
    /^([\da-f]{8})-([\da-f]{4})-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.exec(key ?? "") ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}
