/**
 * Names of settings: their two spellings, and which of them are secrets.
 */

/** Settings that are secrets, in camel case. */
export const secretSettings: ReadonlySet<string> = new Set([
  "secretKey",
  "securityToken",
  "token",
  "password",
  "key",
  "assumeRoleWithOidc",
  "assumeRoleWithWebIdentity",
  "credentialsUri",
]);

/** `secret_key`, as the vendors' documents spell it, as `secretKey`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The known name that is most like one that is not known; undefined if none is like it. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let [nearest, fewest] = [undefined as string | undefined, Math.floor(name.length / 3) + 1];
  for (const each of known) {
    const edits = editsBetween(name.toLowerCase(), each.toLowerCase());
    if (edits < fewest) [nearest, fewest] = [each, edits];
  }
  return nearest;
}

// Two letters that have changed places are one edit and a half of two: names are short, so that is near enough.
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
