/**
 * The journal's files in a folder of this machine. Trusts nothing that it finds there: follows no links, reads and
 * removes plain files of its own names only.
 */
import { randomUUID } from "node:crypto";
import { constants, closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { lstat, mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JournalStorage } from "./journal";

const entryName = /^[\da-f]{32}\.json$/;

/** Opens a folder as the journal's storage. Nothing is made before the first write. */
export function journalFolder(folder: string): JournalStorage {
  return {
    place: folder,
    read: (name) => readPlainFile(join(folder, name)),
    list: (service) => entriesOf(folder, service),
    write: async (name, text) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await mkdirPlain(join(folder, dirname(name)));
      await writeDurably(join(folder, name), text);
    },
    setAside: async (name) => {
      await rename(join(folder, name), join(folder, `${name}.damaged`));
    },
    remove: async (name) => {
      await unlink(join(folder, name));
    },
    olderThan: async (service, beforeMs) => {
      const old: string[] = [];
      for (const name of await entriesOf(folder, service)) {
        const info = await lstat(join(folder, name)).catch(() => undefined);
        if (info?.isFile() && info.mtimeMs < beforeMs) old.push(name);
      }
      return old;
    },
  };
}

async function entriesOf(folder: string, service: string): Promise<string[]> {
  const path = join(folder, service);
  const info = await lstat(path).catch(() => undefined);
  if (!info?.isDirectory()) return [];
  const files = await readdir(path).catch((): string[] => []);
  return files.filter((file) => entryName.test(file)).map((file) => `${service}/${file}`);
}

// A link that somebody has put in the folder's place would lead the files elsewhere.
async function mkdirPlain(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!(await lstat(path)).isDirectory()) throw error;
  }
}

// Not through the thread pool: that takes ten times as long for a file so small, and a thousand comparisons of a
// deployment that changes nothing read one each.
function readPlainFile(path: string): string | undefined {
  let file: number;
  try {
    // Windows has no such flag, and links only for administrators.
    file = openSync(path, constants.O_RDONLY | ((constants.O_NOFOLLOW as number | undefined) ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
  try {
    if (!fstatSync(file).isFile()) throw new Error("it is not a regular file");
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

// The whole text or the old one, also after a power cut; a link in the file's place is replaced, not followed.
async function writeDurably(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

// The new name must be on the disk too. Some file systems, and Windows, refuse to sync a folder.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  if (!folder) return;
  await folder.sync().catch(() => undefined);
  await folder.close();
}
