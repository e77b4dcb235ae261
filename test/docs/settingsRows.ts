/**
 * The rows of a table of settings in the documents, as the code's own tables have them.
 */
export interface DocumentedSetting {
  readonly key: string | undefined;
  readonly variables: readonly string[];
  readonly concern: string | undefined;
  readonly treatment: string | undefined;
  readonly note: string | undefined;
}

/** Reads the table that a text has: key, variables, subject, treatment, and a note. */
export function documentedSettings(text: string): DocumentedSetting[] {
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()));
  return rows.map(([, key = "", variables = "", concern, treatment, note]) => ({
    key: key === "" ? undefined : key.replaceAll("`", ""),
    variables: variables === "" ? [] : variables.replaceAll("`", "").split(", "),
    concern,
    treatment,
    note,
  }));
}
