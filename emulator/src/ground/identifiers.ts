/** Makes the identifiers that the services issue: random ones, and ones derived from a name. */
import { createHash, randomBytes, randomUUID } from "node:crypto";

/** A new UUID for an execution. */
export function newExecutionId(): string {
  return randomUUID();
}

/** 32 hex digits: an id for a request. */
export function newRequestId(): string {
  return randomBytes(16).toString("hex");
}

/** Always the same UUID for the same parts. */
export function derivedUuid(...parts: readonly (string | number)[]): string {
  const digest = derivedHex(...parts);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}

/** Always the same 64 hex digits for the same parts. */
export function derivedHex(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
