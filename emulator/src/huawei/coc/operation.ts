/** The parts that every COC operation has: the arguments of its handler, and the reading of a request. */
import type { Execution, Workflow } from "../../executions/record";
import type { Call, Reply } from "../../http/exchange";
import { readJsonBody, readOrRefuse } from "../../http/jsonBody";
import type { Route } from "../../http/router";
import { ShapeError } from "../../ground/jsonShape";
import type { Fields } from "../../ground/jsonShape";
import type { ActiveQuirks } from "../../cloud/quirks";
import type { EmulatorState } from "../../cloud/state";
import type { Identity } from "../authentication";
import { invalidParameter, refuse } from "./errors";

/** The service's name in the store, in the log and in faults. */
export const coc = "coc";

/** An authenticated request. */
export interface CocRequest {
  readonly state: EmulatorState;
  readonly call: Call;
  readonly operation: string;
  readonly identity: Identity;
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly quirks: ActiveQuirks;
}

/** An operation, and how it answers. */
export interface CocOperation extends Route {
  /** The vendor's name. */
  readonly operation: string;
  readonly handle: (request: CocRequest) => Reply;
}

/**
 * Answers the documented 400 and says in the text which field is wrong.
 * @throws {ReplyError} always
 */
export function refuseInput(detail: string): never {
  refuse(400, invalidParameter, detail);
}

/**
 * Reads the JSON body; a problem that `read` finds becomes the documented 400.
 * @throws {ReplyError} when the body is wrong
 */
export function readBody<T>(request: CocRequest, read: (fields: Fields) => T): T {
  return readJsonBody(request.call, read, (problem = "body: must be JSON") => refuseInput(problem));
}

/**
 * Runs a reader of request values; a problem that it finds becomes the documented 400.
 * @throws {ReplyError} when a value is wrong
 */
export function readInput<T>(read: () => T): T {
  return readOrRefuse(read, (problem) => refuseInput(problem));
}

/**
 * Reads a whole number of the query that is not negative.
 * @throws {ShapeError} when the text is none
 */
export function readCount({ call }: CocRequest, name: string): number | undefined {
  const text = call.query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new ShapeError(name, `must be a whole number, not ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** The most rows in a list. No maximum is documented. */
const mostRows = 100;
const usualRows = 10;

/**
 * The rows of the page that the query asks for.
 * @throws {ShapeError} when limit or offset is no number
 */
export function pageOf<T>(request: CocRequest, rows: readonly T[]): readonly T[] {
  const { largestPage } = request.quirks;
  const most = typeof largestPage === "number" ? largestPage : mostRows;
  const limit = Math.min(readCount(request, "limit") ?? usualRows, most);
  const offset = readCount(request, "offset") ?? 0;
  return rows.slice(offset, offset + limit);
}

/** The criteria by which a request chooses a job, beside its id. */
export interface DocumentQuery {
  /** @default the latest */
  readonly version?: string | undefined;
  /** @default "PRIVATE" */
  readonly type?: string | undefined;
}

/**
 * The account's job with this id, if it has that version and is of that type: one of the vendor is found by saying so. The
 * service has no projects: a job can be scripted in any of the account's.
 */
export function findDocument(
  { state, identity }: CocRequest,
  id: string,
  { version = firstVersion, type = "PRIVATE" }: DocumentQuery,
): Workflow | undefined {
  const isVersion = (job: Workflow): boolean => versionNumber(version) <= versionNumber(latestVersion(job));
  return identity.account.projects
    .flatMap((project) => state.executions.workflow(coc, project.id, id) ?? [])
    .find((job) => typeOf(job) === type && isVersion(job));
}

/** Of a new job. */
const firstVersion = "v1";

/** The version of a job that is executed where none is named. */
export function latestVersion({ script }: Workflow): string {
  const { version } = script.attributes;
  return typeof version === "string" ? version : firstVersion;
}

const versionNumber = (version: string): number => Number(version.slice(1));

/** `PRIVATE`, or `PUBLIC` for one of the vendor. */
export function typeOf({ script }: Workflow): string {
  return script.attributes["document_type"] === "PUBLIC" ? "PUBLIC" : "PRIVATE";
}

/** The words for {@link typeOf}. */
export const documentTypes = ["PRIVATE", "PUBLIC"];

/** The rule for versions. */
export const versionLimits = { pattern: /^v\d+$/, patternText: "must be a version such as v1" };

/** The account's execution with this id. */
export function findExecution(request: CocRequest, id: string): Execution | undefined {
  const execution = request.state.executions.execution(id);
  return execution && isOwn(request, execution) ? execution : undefined;
}

/** The account's executions, newest first: of one job, or of all. */
export function executionsOf(request: CocRequest, documentId: string | undefined): Execution[] {
  const { state, identity } = request;
  if (documentId === undefined) {
    return state.executions.executions().filter((execution) => isOwn(request, execution));
  }
  return identity.account.projects.flatMap(({ id }) => state.executions.executionsOf(coc, id, documentId));
}

function isOwn({ identity }: CocRequest, { service, projectId }: Execution): boolean {
  return service === coc && identity.account.projects.some(({ id }) => id === projectId);
}
