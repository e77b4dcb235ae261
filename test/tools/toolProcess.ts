/**
 * Runs the tools as what they are: ES modules in processes of their own.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const repository = resolve(__dirname, "../..");

/** The end of a process, with its output. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of a tool, still running. */
export interface ToolProcess {
  readonly child: ChildProcess;
  readonly ending: Promise<Ending>;
}

/** The path of a file of the repository. */
export function inRepository(path: string): string {
  return join(repository, path);
}

/** Starts node with arguments; the environment is only what is given, and the PATH that leads to nothing else. */
export function startNode(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): ToolProcess {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env["PATH"], ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const ending = new Promise<Ending>((resolveEnding) => {
    child.once("close", (code) => {
      resolveEnding({ code, stdout, stderr });
    });
  });
  return { child, ending };
}

/** Starts statements of an ES module that may `import` the tools as `tools/…`. */
export function startModule(statements: string, env: NodeJS.ProcessEnv = {}): ToolProcess {
  const source = statements.replaceAll(`"tools/`, `"${inRepository("tools/")}`);
  return startNode(["--input-type=module", "-e", source], env);
}

/** Runs such statements and gives what they print, read as JSON. */
export async function evaluate(statements: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const { code, stdout, stderr } = await startModule(statements, env).ending;
  if (code !== 0) throw new Error(`it ended with ${String(code)}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** A folder that is gone after the test. */
export interface Folder {
  readonly path: string;
  /** Writes a file, executable if it begins with "#!", and gives its path. */
  write(name: string, content: string): string;
  remove(): void;
}

/** Makes a folder. */
export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "tools-test-"));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      if (content.startsWith("#!")) chmodSync(file, 0o755);
      return file;
    },
    remove() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
