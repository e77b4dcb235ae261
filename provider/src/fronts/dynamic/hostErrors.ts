/**
 * Errors in the shapes that the dynamic provider host understands. Their texts are safe for its transport: a half of a
 * character in one would take the whole process with it.
 */
import { toMessage } from "../../ground/text";
import { initReasons } from "../shared/initReasons";

/**
 * "Created but not ready": the host saves the id, the properties and the reasons, and blocks everything that depends on
 * the resource. The next `pulumi up` calls update.
 */
export class CreatedButNotReady extends Error {
  readonly id: string;
  /** Must contain `__provider`: the host does not add it here, and without it the resource can't be deleted. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Never empty; only these are shown. */
  readonly reasons: readonly string[];

  constructor(id: string, properties: Readonly<Record<string, unknown>>, reasons: readonly string[]) {
    const messages = initReasons(reasons);
    // It is sent twice, and the reasons say it all.
    super(messages[0]);
    this.name = "CreatedButNotReady";
    this.id = id;
    this.properties = properties;
    this.reasons = messages;
  }
}

/**
 * Any other failure. For check, diff, read and delete the host prints the error and its stack to the console
 * besides reporting its message; a stack of ours helps nobody at 3 a.m., so it says where to look instead.
 */
export class HostError extends Error {
  readonly #operation: string;

  constructor(operation: string, message: string) {
    super(toMessage(message));
    this.name = "HostError";
    this.#operation = operation;
    this.stack = "see the error of the resource";
  }

  override toString(): string {
    return `${this.#operation} failed`;
  }
}
