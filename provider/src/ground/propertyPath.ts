/**
 * Paths of values inside a property, as Pulumi writes them. Pure.
 */

/** The path of a member. */
export function memberPath(path: string, key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** The path of a list's item. */
export function itemPath(path: string, place: number): string {
  return `${path}[${String(place)}]`;
}
