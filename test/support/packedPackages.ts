/**
 * Packages of this repository as users get them: packed, and installed by npm beside pinned packages of others, outside of
 * the repository.
 */
import { resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** A folder whose node_modules has the packages. It may be written to. */
export interface PackedPackages {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/**
 * Installs packages.
 * @param manifests a folder with package.json and package-lock.json of the packages of others
 * @param packages folders of the repository. @default both packages
 * @param name the name of the folder
 */
export async function installPackedPackages({
  manifests,
  packages = ["provider", "emulator"],
  name,
}: {
  readonly manifests: string;
  readonly packages?: readonly string[];
  readonly name?: string;
}): Promise<PackedPackages> {
  const { ensurePinnedPackages, makePackedProject } = await import("../../tools/setup/packedProject.mjs");
  const pinned = await ensurePinnedPackages({ manifests });
  const packageFolders = packages.map((folder) => resolve(root, folder));
  return makePackedProject({ pinned, packageFolders, ...(name === undefined ? {} : { name }) });
}
