/** Reads the content of a request; each service reports problems in its own words. */
import { Fields, ShapeError } from "../ground/jsonShape";
import type { Call } from "./exchange";

/**
 * Reads the fields of a JSON body.
 * @param refuse - answers the request; the problem names the field, and is `undefined` when the body is not JSON at all
 * @throws {ReplyError} from `refuse`
 */
export function readJsonBody<T>(
  { body }: Pick<Call, "body">,
  read: (fields: Fields) => T,
  refuse: (problem: string | undefined) => never,
): T {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    return refuse(undefined);
  }
  return readOrRefuse(() => read(new Fields(json, "")), refuse);
}

/**
 * Runs a reader of request values.
 * @param refuse - answers the request; the problem names the value
 * @throws {ReplyError} from `refuse`
 */
export function readOrRefuse<T>(read: () => T, refuse: (problem: string) => never): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ShapeError) return refuse(error.message);
    throw error;
  }
}
