/**
 * The command `pulumi-runbook`: draws the timeline of a stack from its export.
 */
import { writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { toMessage } from "../ground/text";
import { version } from "../ground/version";
import { renderMermaid } from "./mermaid";
import { renderPage } from "./page";
import { exportStack, PulumiError } from "./pulumiExport";
import { ExportError, readExport } from "./stackExport";

const usage = `Usage: pulumi-runbook timeline [options]

Draws the executions in the state of a stack over time, with their steps, failures and logs.

  --stack NAME      stack to draw: runs \`pulumi stack export\` in this folder;
                    default: an export is read from standard input
  --format FORMAT   html: one page, without scripts (default)
                    mermaid: Markdown with Gantt charts, for a pull request
  --output FILE     file to write; default: standard output
  --help, --version

Examples:
  npx pulumi-runbook timeline --stack dev --output timeline.html
  pulumi stack export | npx pulumi-runbook timeline --format mermaid
`;

/** Exit codes: of a failure, and of options that cannot be used. */
const exitCodes = { failure: 1, badOptions: 2 } as const;

class OptionError extends Error {}

/** The output could not be written. */
class OutputError extends Error {}

const formats = { html: renderPage, mermaid: renderMermaid } as const;

interface Options {
  readonly stack: string | undefined;
  readonly format: keyof typeof formats;
  readonly output: string | undefined;
}

/**
 * Runs the command. Exit code 1: there is no timeline, and nothing is written; 2: an option cannot be used as given.
 * @throws {Error} when the command itself has a fault
 */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const options = readOptions(args);
    await (typeof options === "string" ? writeToStandardOutput(options) : draw(options));
  } catch (error) {
    const isKnown = [OptionError, OutputError, ExportError, PulumiError].some(
      (known) => error instanceof known,
    );
    if (!isKnown) throw error;
    process.stderr.write(`pulumi-runbook: ${toMessage((error as Error).message)}\n`);
    process.exitCode = error instanceof OptionError ? exitCodes.badOptions : exitCodes.failure;
  }
}

async function draw({ stack, format, output }: Options): Promise<void> {
  const text = decode(stack === undefined ? await readStandardInput() : await exportStack(stack));
  const drawn = formats[format](readExport(text));
  if (output === undefined) {
    await writeToStandardOutput(drawn);
    return;
  }
  try {
    await writeFile(output, drawn);
  } catch (error) {
    throw new OutputError(
      `--output: ${output} cannot be written (${(error as Error).message}). Name a file in a folder that exists.`,
      { cause: error },
    );
  }
}

async function readStandardInput(): Promise<Buffer> {
  if (process.stdin.isTTY) {
    throw new OptionError(
      "there is no export to draw. Use --stack NAME, or: pulumi stack export | npx pulumi-runbook timeline",
    );
  }
  return buffer(process.stdin);
}

// Windows PowerShell writes UTF-16 where it redirects a text.
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

/** Resolves once the text is written, or its reader has closed the pipe. */
function writeToStandardOutput(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { stdout } = process;
    stdout.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") resolve();
      else reject(new OutputError(`standard output cannot be written (${error.message}).`));
    });
    stdout.write(text, (error) => {
      if (!error) resolve();
    });
  });
}

function readOptions(args: readonly string[]): Options | string {
  const { values, positionals } = parse(args);
  if (values.help) return usage;
  if (values.version) return `${version}\n`;
  const [command, ...others] = positionals;
  if (command === undefined) throw new OptionError(`the command is missing: timeline.\n${usage}`);
  if (command !== "timeline") {
    throw new OptionError(`${JSON.stringify(command)} is not a command. Write: pulumi-runbook timeline`);
  }
  if (others.length > 0) {
    throw new OptionError(
      `${others.map((other) => JSON.stringify(other)).join(", ")} cannot be used. Name the stack by --stack, and the file by --output.`,
    );
  }
  const { format = "html" } = values;
  if (!isFormat(format)) {
    throw new OptionError(`--format must be html or mermaid, not ${JSON.stringify(format)}.`);
  }
  return {
    stack: nonEmpty("--stack", values.stack, "the name of a stack"),
    format,
    output: nonEmpty("--output", values.output, "the path of a file"),
  };
}

function isFormat(word: string): word is Options["format"] {
  return Object.hasOwn(formats, word);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: true,
      options: {
        stack: { type: "string", short: "s" },
        format: { type: "string" },
        output: { type: "string", short: "o" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new OptionError(`${message} Run with --help for the options.`, { cause: error });
  }
}

function nonEmpty(option: string, value: string | undefined, wanted: string): string | undefined {
  if (value === "") throw new OptionError(`${option} is empty: set it to ${wanted}, or remove it.`);
  return value;
}
