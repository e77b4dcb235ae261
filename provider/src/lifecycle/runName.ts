/**
 * The name of a wanted run, for services whose starts can carry one.
 */
import { randomBytes } from "node:crypto";

/**
 * A new name: begins with the resource's name, so that people recognise it in the service's lists, and ends in
 * something random, so that no two runs share it. 1–128 characters `A-Za-z0-9_-`, the first a letter or `_`.
 */
export function newRunName(urn: string | undefined): string {
  const resource = urn?.split("::").at(-1) ?? "";
  const readable = resource.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[^A-Za-z_]+/, "");
  return `${readable.slice(0, 100) || "run"}-${randomBytes(8).toString("hex")}`;
}
