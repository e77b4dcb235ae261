/**
 * Exports a stack by the Pulumi CLI. Secrets stay encrypted: `--show-secrets` is never given.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { buffer, text } from "node:stream/consumers";

/** The CLI could not be run, or failed. */
export class PulumiError extends Error {}

/**
 * The output of `pulumi stack export` for a stack, run in the current folder.
 * @throws {PulumiError} when there is no CLI, or the CLI fails; the message has its error text
 * @see https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/
 */
export async function exportStack(stack: string): Promise<Buffer> {
  // In one argument: a name that begins with a dash is no option.
  const args = ["stack", "export", `--stack=${stack}`, "--non-interactive"];
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const child = spawn("pulumi", args, { env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  try {
    const [exported, said, [code, signal]] = await Promise.all([
      buffer(child.stdout),
      text(child.stderr),
      ended,
    ]);
    if (code === 0) return exported;
    const how = signal ?? `exit code ${String(code)}`;
    throw new PulumiError(`pulumi stack export failed (${how}).\n${said.trim()}`);
  } catch (error) {
    if (error instanceof PulumiError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const remedy =
      code === "ENOENT"
        ? "Install the Pulumi CLI, or give an export as standard input."
        : "Run the command yourself, and give its output as standard input.";
    throw new PulumiError(`pulumi cannot be run (${message}). ${remedy}`, { cause: error });
  }
}
