/**
 * The folder of a reader who follows a page: the packages of this repository as published, the real CLI, and a
 * terminal.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { installPackedPackages } from "./packedPackages";
import { engineEnvironment } from "./engineEnvironment";

const root = resolve(__dirname, "../..");

/** The folder, and the environment of its terminal. */
export interface ReaderProject {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Creates a file as the page has it. */
  write(name: string, content: string): void;
  remove(): Promise<void>;
}

/**
 * Makes a project with both packages, packed and installed by npm, and with pinned packages of others.
 * @param options.checksTypes false for programs that `tsc` has checked: Pulumi would check them at every run
 */
export async function makeReaderProject({
  checksTypes = true,
}: { readonly checksTypes?: boolean } = {}): Promise<ReaderProject> {
  const manifests = join(root, "test", "e2e", "guides", "project");
  const { folder, remove } = await installPackedPackages({ manifests });
  // Credentials and settings of the machine must not reach the page's commands; the page sets the rest.
  const env = {
    ...(await engineEnvironment(join(folder, "engine"))),
    ...(checksTypes ? {} : { PULUMI_NODEJS_TRANSPILE_ONLY: "true" }),
  };
  return {
    folder,
    env,
    write: (name, content) => {
      writeFileSync(join(folder, name), content);
    },
    remove,
  };
}

/** The text of a page of the documentation. */
export function pageText(page: string): string {
  return readFileSync(pageFile(page), "utf8");
}

/** The file of a page of the documentation. */
export function pageFile(page: string): string {
  return join(root, "docs", page);
}
