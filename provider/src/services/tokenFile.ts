/**
 * Files in which somebody else keeps a token, and replaces it before it ends: they are read at each use.
 */
import { ConfigurationError } from "../ground/errors";

/** A file that a setting names. */
export interface TokenFile {
  readonly file: string;
  /** The setting, for messages, e.g. `environment variable HUAWEICLOUD_OIDC_TOKEN_FILE`. */
  readonly source: string;
}

/**
 * The token in a file, without the line's end.
 * @param readFile gives the text of a file, or undefined if there is none.
 * @throws ConfigurationError when there is none; it names file and setting.
 */
export function readTokenFile(
  { file, source }: TokenFile,
  readFile: (path: string) => string | undefined,
): string {
  const token = readFile(file)?.trim();
  if (token) return token;
  throw new ConfigurationError(
    `the token file ${file} (from ${source}) ${token === undefined ? "can't be read" : "is empty"}: correct the setting or the file.`,
  );
}
