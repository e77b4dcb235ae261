/**
 * A command of the CLI as a person would give it: everything it prints, byte by byte, also in a terminal.
 */
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import type { TestStack } from "./stack";
import { openTerminal, pressCtrlC } from "./terminal";

/** The result of a command. */
export interface RawResult {
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** The way a command is run. */
export interface RawOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** @default false */
  readonly inTerminal?: boolean;
  /** Width of the terminal, in characters. @default the machine's own */
  readonly columns?: number;
  /** Called with all that was printed so far; true presses Ctrl-C, once. Only in a terminal. */
  readonly interruptWhen?: (output: string) => boolean;
}

/** Runs `pulumi` in the stack's folder. */
export function runRaw(
  stack: TestStack,
  args: readonly string[],
  { env, inTerminal = false, columns, interruptWhen }: RawOptions = {},
): Promise<RawResult> {
  const command = ["pulumi", ...args, "--stack", stack.name];
  const place = { folder: stack.folder, env: { ...stack.env, ...env } };
  // Ctrl-C must reach a command that a shell would wait for: the command takes the shell's place.
  const terminal = inTerminal
    ? openTerminal(place, `exec ${command.map(quote).join(" ")}`, columns)
    : undefined;
  const child =
    terminal ??
    spawn("pulumi", command.slice(1), {
      cwd: place.folder,
      env: place.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  // Nobody answers: what asks the terminal for its colours goes on at once.
  if (!interruptWhen) terminal?.stdin.end();
  const chunks: Buffer[] = [];
  let isInterrupted = false;
  child.stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    if (isInterrupted || !interruptWhen?.(Buffer.concat(chunks).toString("utf8"))) return;
    isInterrupted = true;
    if (terminal) pressCtrlC(terminal);
  });
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}

/**
 * The rows of an execution that a terminal showed, in their order, each once: cut at its width, as a person saw them. The
 * engine's clock and its running dots are left out.
 */
export function shownRows(output: string, name: string): string[] {
  const lines = withoutInstructions(output).split("\n");
  const rows = lines
    .filter((line) => line.includes(":WorkflowExecution ") && line.includes(` ${name} `))
    .map((line) => line.slice(line.indexOf(` ${name} `) + name.length + 2).trim())
    .map((row) => row.replace(/ \([\d.]+m?s\)\.*/, "").replace(/ {2,}/, "  "));
  return [...new Set(rows)];
}

/** The final screen of a terminal: the last table, and all that stands below it. */
export function lastScreen(output: string): string {
  const text = withoutInstructions(output);
  return text.slice(text.lastIndexOf("     Type "));
}

function withoutInstructions(output: string): string {
  return stripVTControlCharacters(output).replaceAll("\r", "");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
