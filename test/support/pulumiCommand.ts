/**
 * Commands of the real CLI as a person would give them, and no others: the Automation API asks for outputs and history after
 * each one, which takes as long again.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PulumiConfigValue } from "runbook-emulator";
import { textOfFolder } from "./textOfFolder";

/** The folder and the environment in which commands run. */
export interface PulumiPlace {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The result of a command. */
export interface CommandEnd {
  readonly code: number | null;
  /** All that a user sees, without colour. */
  readonly output: string;
  /** The text on its standard output alone. */
  readonly stdout: string;
}

/** A command that is under way. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly end: Promise<CommandEnd>;
}

/** The operations on a stack. */
export type Operation = "destroy" | "preview" | "refresh" | "up";

/** The result of an operation on a stack. */
export interface OperationResult {
  readonly ok: boolean;
  /** All that a user sees, without colour. */
  readonly output: string;
  /** Number of resources by the operation on them, the stack itself included; none where the operation failed. */
  readonly changes: Readonly<Record<string, number>>;
}

/** An output of a stack. */
export interface StackOutput {
  readonly value: unknown;
  readonly secret: boolean;
}

/**
 * Starts `pulumi` in a process group of its own.
 * @param input for its standard input, which is otherwise closed
 */
export function startPulumi(place: PulumiPlace, args: readonly string[], input?: string): RunningCommand {
  const child = spawn("pulumi", ["--non-interactive", "--color", "never", ...args], {
    cwd: place.folder,
    env: place.env,
    detached: true,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  let output = "";
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stdin?.end(input);
  const end = new Promise<CommandEnd>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output, stdout });
    });
  });
  return { process: child, end };
}

/**
 * Runs a command that must succeed.
 * @returns its standard output
 */
export async function demandPulumi(
  place: PulumiPlace,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const { code, output, stdout } = await startPulumi(place, args, input).end;
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: ${output}`);
  return stdout;
}

/** Sets keys of a stack's configuration, as the emulator's client gives them: a key is a path. */
export async function setSettings(
  place: PulumiPlace,
  settings: Readonly<Record<string, PulumiConfigValue>>,
): Promise<void> {
  await demandPulumi(place, [
    ...["config", "set-all", "--path"],
    ...Object.entries(settings).flatMap(([key, { value, secret }]) => [
      secret ? "--secret" : "--plaintext",
      `${key}=${value}`,
    ]),
  ]);
}

/** Runs an operation, without questions. */
export async function operate(
  place: PulumiPlace,
  operation: Operation,
  args: readonly string[] = [],
): Promise<OperationResult> {
  const log = join(place.folder, "events.jsonl");
  rmSync(log, { force: true });
  const unasked = operation === "preview" ? [] : ["--yes", "--skip-preview"];
  // The first shows the option that writes the log, the second those of update plans.
  const env = { ...place.env, PULUMI_DEBUG_COMMANDS: "true", PULUMI_EXPERIMENTAL: "true" };
  const all = [operation, ...unasked, "--event-log", log, ...args];
  const { code, output } = await startPulumi({ ...place, env }, all).end;
  return { ok: code === 0, output, changes: code === 0 ? changesIn(log) : {} };
}

const lastExports = new WeakMap<PulumiPlace, { readonly of: string; readonly text: Promise<string> }>();

/**
 * The output of `pulumi stack export`. Asks the engine only if the state has changed since: a test that reads one
 * resource after the other would spend a third of its time on the same text.
 * @param args the same for all exports of a place
 */
export function stackExport(place: PulumiPlace, ...args: readonly string[]): Promise<string> {
  const backend = fileURLToPath(place.env["PULUMI_BACKEND_URL"]!);
  const state = textOfFolder(join(backend, ".pulumi", "stacks"));
  const last = lastExports.get(place);
  if (last?.of === state) return last.text;
  const text = demandPulumi(place, ["stack", "export", ...args]);
  lastExports.set(place, { of: state, text });
  return text;
}

/** The outputs of a stack, and which of them are secret. */
export async function stackOutputs(place: PulumiPlace): Promise<Record<string, StackOutput>> {
  const ask = async (...args: string[]): Promise<Record<string, unknown>> =>
    JSON.parse(await demandPulumi(place, ["stack", "output", "--json", ...args])) as Record<string, unknown>;
  const [masked, values] = [await ask(), await ask("--show-secrets")];
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, secret: masked[name] === "[secret]" }]),
  );
}

function changesIn(log: string): Record<string, number> {
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : [];
  const summaries = lines.flatMap((line) => {
    const { summaryEvent } = JSON.parse(line) as {
      summaryEvent?: { resourceChanges?: Record<string, number> };
    };
    return summaryEvent?.resourceChanges ? [summaryEvent.resourceChanges] : [];
  });
  return summaries.at(-1) ?? {};
}
