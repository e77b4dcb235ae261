/** The command `runbook-emulator`: reads its options, starts an emulator, and says where it is in one line of JSON. */
import { parseArgs } from "node:util";
import { pulumiConfigJson } from "./client/pulumiConfig";
import { registeredServices, startEmulator } from "./emulator";
import type { EmulatorOptions } from "./emulator";
import { FolderInUseError } from "./executions/folderLock";
import { packageVersion } from "./ground/version";
import { formatRequest } from "./http/requestLine";

const usage = (): string => `Usage: runbook-emulator [options]

Emulates these services on one local port:

${registeredServices()
  .map(({ name, title }) => `  ${name.padEnd(17)} ${title}`)
  .join("\n")}

Prints {"url":"…"} when it is ready. A browser shows executions and requests at this URL.

  --port N            port to listen on; 0 picks a free one (default 0)
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --metadata ADDRESS:PORT
                      another address, only for the metadata services
  --allow-host NAME   host name that clients use besides localhost; repeatable
  --seed FILE         JSON file with accounts and workflows, in addition to the demo ones
  --data DIR          folder that keeps executions across restarts; one emulator at a time
  --enforce-limits    answer 429 when an operation is called too often
  --strict-auth       lock an access key for five minutes after five failures;
                      measure clock skew by the emulated clock
  --open-control      let other machines use the control API and the page, which
                      need no credentials: for a container
  --pulumi-config URL print the configuration of a Pulumi stack that uses the emulator
                      at this URL, and exit. Select the stack, then run:
                      pulumi config set-all --json "$(npx runbook-emulator --pulumi-config URL)"
  --plugin            with --pulumi-config: for programs that use the plugin, in YAML, Python,
                      Go, Java or C#
  --verbose           log each request on stderr, without secrets
  --exit-with-parent  exit when the parent process exits
  --help, --version
`;

const parentCheckMs = 500;
const badOptionsExitCode = 2;

class OptionError extends Error {}

interface CommandLine {
  readonly options: EmulatorOptions;
  readonly exitWithParent: boolean;
}

/**
 * Runs the command; resolves when the emulator is ready. Exit code 2: an option cannot be used as given.
 * @param run starts the emulator; tests give one that has more services.
 * @throws {Error} when the emulator itself has a fault
 */
export async function main(args: readonly string[], run = startEmulator): Promise<void> {
  const parent = process.ppid;
  try {
    const command = readCommandLine(args);
    if (typeof command === "string") {
      process.stdout.write(command);
      return;
    }
    const emulator = await start(command.options, run);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => void emulator.close().then(() => process.exit(0)));
    }
    if (command.exitWithParent) exitWithParent(parent);
    const { url, metadataUrl } = emulator;
    process.stdout.write(`${JSON.stringify({ url, metadataUrl })}\n`);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    process.stderr.write(`runbook-emulator: ${error.message}\n`);
    process.exitCode = badOptionsExitCode;
  }
}

function readCommandLine(args: readonly string[]): CommandLine | string {
  const values = parse(args);
  if (values.help) return usage();
  if (values.version) return `${packageVersion()}\n`;
  if (values["pulumi-config"] !== undefined) {
    const reader = values.plugin ? "plugin" : "package";
    return `${pulumiConfigJson(readUrl(values["pulumi-config"]), { for: reader })}\n`;
  }
  if (values.plugin)
    throw new OptionError("--plugin says for what --pulumi-config is: add --pulumi-config URL.");
  const options: EmulatorOptions = {
    port: readPort(values.port ?? "0"),
    enforceLimits: values["enforce-limits"] ?? false,
    strictAuth: values["strict-auth"] ?? false,
    openControl: values["open-control"] ?? false,
  };
  if (values.verbose) options.onRequest = (request) => process.stderr.write(`${formatRequest(request)}\n`);
  if (values.host !== undefined)
    options.host = nonEmpty("--host", values.host, "an address such as 127.0.0.1");
  if (values.metadata !== undefined) options.metadata = readAddress("--metadata", values.metadata);
  if (values["allow-host"] !== undefined) {
    options.allowedHosts = values["allow-host"].map((name) => nonEmpty("--allow-host", name, "a host name"));
  }
  if (values.seed !== undefined) options.seed = nonEmpty("--seed", values.seed, "the path of a JSON file");
  if (values.data !== undefined) options.data = nonEmpty("--data", values.data, "the path of a folder");
  return { options, exitWithParent: values["exit-with-parent"] ?? false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: "string" },
        host: { type: "string" },
        metadata: { type: "string" },
        "allow-host": { type: "string", multiple: true },
        seed: { type: "string" },
        data: { type: "string" },
        "enforce-limits": { type: "boolean" },
        "strict-auth": { type: "boolean" },
        "open-control": { type: "boolean" },
        "pulumi-config": { type: "string" },
        plugin: { type: "boolean" },
        verbose: { type: "boolean" },
        "exit-with-parent": { type: "boolean" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new OptionError(`${message} Run with --help for the options.`, { cause: error });
  }
}

function readPort(text: string, option = "--port"): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new OptionError(
      `${option} must be a number from 0 to 65535, not ${JSON.stringify(text)}; 0 picks a free one.`,
    );
  }
  return port;
}

function readAddress(option: string, text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, colon).replace(/^\[|\]$/g, "");
  if (colon < 0 || host === "") {
    throw new OptionError(`${option} must be an address and a port such as 169.254.169.254:80.`);
  }
  return { host, port: readPort(text.slice(colon + 1), `The port of ${option}`) };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new OptionError(
      `--pulumi-config must be the URL that the emulator has printed, such as http://127.0.0.1:8787.`,
    );
  }
  return text.replace(/\/+$/, "");
}

function nonEmpty(option: string, value: string, wanted: string): string {
  if (value === "") throw new OptionError(`${option} is empty: set it to ${wanted}, or remove it.`);
  return value;
}

async function start(options: EmulatorOptions, run: typeof startEmulator) {
  try {
    return await run(options);
  } catch (error) {
    throw new OptionError(explain(error, options), { cause: error });
  }
}

interface ListenError {
  readonly address?: string;
  readonly port?: number;
}

function explain(error: unknown, options: EmulatorOptions): string {
  const { code, message, address, port: busyPort } = error as NodeJS.ErrnoException & ListenError;
  const { metadata } = options;
  if (code !== undefined && metadata && address === metadata.host && busyPort === metadata.port) {
    return `cannot listen on --metadata ${address}:${String(busyPort)} (${code}): use an address of this machine and a free port.`;
  }
  const { port = 0, host = "127.0.0.1" } = options;
  switch (code) {
    case "EADDRINUSE":
      return `--port ${String(port)} is in use on ${host}: stop the process that listens there, or use --port 0.`;
    case "EACCES":
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      if (message.startsWith("listen") || message.startsWith("getaddrinfo")) {
        return `cannot listen on --host ${host} --port ${String(port)} (${code}): use --host 127.0.0.1 and --port 0.`;
      }
      break;
    default:
  }
  if (error instanceof FolderInUseError) return `--data: ${message}.`;
  if (message.startsWith("seed file")) return `--seed: ${message}. Correct the file, or remove --seed.`;
  return `--data ${options.data ?? ""}: ${message}. Use a writable folder.`;
}

function exitWithParent(parent: number): void {
  // The parent's id changes when it ends: the process is then handed to another one.
  const timer = setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, parentCheckMs);
  timer.unref();
}
