/** Commands in a terminal as a person types them, and the screen when they have ended. */
import { spawn } from "node:child_process";

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
  /** Called with the screen so far; true presses Ctrl-C, once. */
  readonly interruptWhen?: (screen: string) => boolean;
}

/** Runs the commands by a shell in a terminal. */
export function runInTerminal(
  { folder, env }: TerminalPlace,
  commands: string,
  { columns = 100, interruptWhen }: TerminalOptions = {},
): Promise<TerminalEnd> {
  // Ctrl-C must reach a command that a shell would wait for: the last one takes the shell's place.
  const typed = `stty columns ${String(columns)} rows 50 -echo\n${commands}`;
  // This kind of terminal is not asked for its colours: nobody would answer, and each command would wait for seconds.
  const shell = spawn("script", ["--quiet", "--return", "--command", typed, "/dev/null"], {
    cwd: folder,
    env: { ...env, SHELL: "/bin/bash", TERM: "screen-256color" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  let isInterrupted = false;
  shell.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (isInterrupted || !interruptWhen?.(screenOf(output))) return;
    isInterrupted = true;
    // As the key does: the terminal makes a signal of it.
    shell.stdin.write("\u0003");
  });
  shell.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    shell.on("error", reject);
    shell.on("close", (code) => {
      resolve({ code, screen: screenOf(output) });
    });
  });
}

// Text, or one instruction of a terminal: `ESC [ parameters letter`.
// eslint-disable-next-line no-control-regex -- instructions to terminals begin with this character
const pieces = /\u001b\[([\d;?]*)([A-Za-z])|\u001b[^[]|\r|\n|[^\u001b\r\n]+/g;

/**
 * The screen of a terminal after this output. Knows the instructions that the Pulumi CLI uses: line up, and delete the
 * rest of a line.
 */
export function screenOf(output: string): string {
  const lines: string[] = [""];
  let [row, column] = [0, 0];
  for (const [piece, parameters, letter] of output.matchAll(pieces)) {
    if (piece === "\r") {
      column = 0;
    } else if (piece === "\n") {
      row += 1;
      lines[row] ??= "";
    } else if (letter === "A") {
      row = Math.max(0, row - Number(parameters === "" ? 1 : parameters));
    } else if (letter === "K") {
      lines[row] = lines[row]!.slice(0, column);
    } else if (!piece.startsWith("\u001b")) {
      const line = lines[row]!.padEnd(column);
      lines[row] = line.slice(0, column) + piece + line.slice(column + piece.length);
      column += piece.length;
    }
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}
