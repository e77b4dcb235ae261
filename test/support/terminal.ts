/** Commands in a terminal as a person types them, and the screen when they have ended. */
import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** The folder and the environment in which commands are typed. */
export interface TerminalPlace {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The screen when the commands have ended, with the exit code. */
export interface TerminalEnd {
  readonly code: number | null;
  /** The lines of the screen, without colours; of rows that were drawn again only the last state. */
  readonly screen: string;
}

/** The options of a run of commands. */
export interface TerminalOptions {
  /** Width of the terminal, in characters. @default 100 */
  readonly columns?: number;
  /** Called when the command has been typed; presses Ctrl-C when the promise is fulfilled. */
  readonly interruptAfter?: () => Promise<void>;
}

/**
 * Opens a terminal in which a shell runs commands.
 * @param columns width of the terminal, in characters; undefined leaves it to the machine.
 */
export function openTerminal(
  { folder, env }: TerminalPlace,
  commands: string,
  columns?: number,
): ChildProcessByStdio<Writable, Readable, Readable> {
  const size = columns === undefined ? "" : `stty columns ${String(columns)} rows 50\n`;
  return spawn("script", ["--quiet", "--return", "--command", `${size}${commands}`, "/dev/null"], {
    cwd: folder,
    env,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Presses Ctrl-C as the key does: the terminal makes a signal of it. */
export function pressCtrlC(terminal: { readonly stdin: Writable }): void {
  terminal.stdin.write("\u0003");
}

/** Runs the commands by a shell in a terminal. */
export async function runInTerminal(
  { folder, env }: TerminalPlace,
  commands: string,
  { columns = 100, interruptAfter }: TerminalOptions = {},
): Promise<TerminalEnd> {
  const { TerminalScreen, textOf } = await import("../../tools/picture/terminalScreen.mjs");
  // Lines that are longer than the terminal is wide are compared as they were written.
  const screen = new TerminalScreen(Number.POSITIVE_INFINITY);
  const shown = (): string => screen.rows().map(textOf).join("\n");
  // Ctrl-C must reach a command that a shell would wait for: the last one takes the shell's place.
  // This kind of terminal is not asked for its colours: nobody would answer, and each command would wait for seconds.
  const shell = openTerminal(
    { folder, env: { ...env, SHELL: "/bin/bash", TERM: "screen-256color" } },
    `stty -echo\n${commands}`,
    columns,
  );
  for (const output of [shell.stdout, shell.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => {
      screen.write(text);
    });
  }
  return new Promise((resolve, reject) => {
    shell.on("error", reject);
    interruptAfter?.().then(() => {
      pressCtrlC(shell);
    }, reject);
    shell.on("close", (code) => {
      resolve({ code, screen: shown() });
    });
  });
}
