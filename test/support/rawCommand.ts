/**
 * A command of the CLI as a person would give it: everything it prints, byte by byte, also in a terminal.
 */
import { spawn } from "node:child_process";
import type { TestStack } from "./stack";

/** The result of a command. */
export interface RawResult {
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Runs `pulumi` in the stack's folder. */
export function runRaw(
  stack: TestStack,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly inTerminal?: boolean } = {},
): Promise<RawResult> {
  const command = ["pulumi", ...args, "--stack", stack.name];
  const [file, ...rest] = options.inTerminal
    ? ["script", "--quiet", "--return", "--command", command.map(quote).join(" "), "/dev/null"]
    : command;
  const child = spawn(file!, rest, {
    cwd: stack.folder,
    env: { ...stack.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
