/**
 * The command as users run it: an export on standard input, a page or charts on standard output or in a file, and refusals
 * that help. Needs a build. `--stack` is tried in test/e2e/timeline.test.ts.
 */
import type { SpawnSyncOptionsWithBufferEncoding } from "node:child_process";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { renderMermaid } from "../../provider/src/timeline/mermaid";
import { renderPage } from "../../provider/src/timeline/page";
import { readExport } from "../../provider/src/timeline/stackExport";
import { everyKind, exportOf, failed } from "../support/stackExports";

const provider = resolve(__dirname, "../../provider");
const command = join(provider, "bin", "pulumi-runbook.js");

const folder = mkdtempSync(join(tmpdir(), "timeline with spaces "));

beforeAll(() => {
  if (!existsSync(join(provider, "dist", "timeline", "command.js"))) {
    const compiler = resolve(provider, "../node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, "--build", provider]);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  input: string | Buffer,
  options: SpawnSyncOptionsWithBufferEncoding = {},
): Ended {
  const all = { ...options, input, cwd: folder, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], all);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

const stack = everyKind();

test("the package's command is this file", () => {
  const { bin, files } = JSON.parse(readFileSync(join(provider, "package.json"), "utf8")) as {
    bin: Record<string, string>;
    files: string[];
  };
  expect(join(provider, bin["pulumi-runbook"]!)).toBe(command);
  expect(files).toContain("bin");
});

test("an export on standard input becomes the page, or with --format mermaid the charts", () => {
  const read = readExport(stack);
  expect(run(["timeline"], stack)).toEqual({ status: 0, stdout: renderPage(read), stderr: "" });
  const charts = { status: 0, stdout: renderMermaid(read), stderr: "" };
  expect(run(["timeline", "--format", "mermaid"], stack)).toEqual(charts);
});

test("--output writes a file, over an older one, and says nothing", () => {
  writeFileSync(join(folder, "timeline.html"), "older");
  const ended = run(["timeline", "--output", "timeline.html"], stack);
  expect(ended).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(readFileSync(join(folder, "timeline.html"), "utf8")).toBe(renderPage(readExport(stack)));
});

test("exports of Windows are read: with a byte order mark, and in UTF-16", () => {
  const text = exportOf([{ name: "größe-مرحبا", outputs: failed(0, "log") }]);
  const page = renderPage(readExport(text));
  expect(run(["timeline"], `\ufeff${text}`).stdout).toBe(page);
  expect(run(["timeline"], Buffer.from(`\ufeff${text}`, "utf16le")).stdout).toBe(page);
});

test("a reader that closes the pipe early gets no error", async () => {
  const many = exportOf(
    Array.from({ length: 500 }, (_, index) => ({
      name: `run-${String(index)}`,
      outputs: failed(index, "x"),
    })),
  );
  const child = spawn(process.execPath, [command, "timeline"], { stdio: "pipe" });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.once("data", () => child.stdout.destroy());
  child.stdin.end(many);
  const [code] = (await once(child, "close")) as [number];
  expect([code, said]).toEqual([0, ""]);
});

test("--help and --version", () => {
  const { version } = JSON.parse(readFileSync(join(provider, "package.json"), "utf8")) as { version: string };
  expect(run(["--version"], "")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  const { stdout, status } = run(["timeline", "--help"], "");
  expect(status).toBe(0);
  for (const option of ["--stack", "--format", "--output", "timeline"]) expect(stdout).toContain(option);
});

test.each([
  [[], "the command is missing: timeline"],
  [["graph"], '"graph" is not a command'],
  [["timeline", "dev"], '"dev" cannot be used. Name the stack by --stack'],
  [["timeline", "--format", "svg"], '--format must be html or mermaid, not "svg"'],
  [["timeline", "--format", "constructor"], "--format must be html or mermaid"],
  [["timeline", "--stack", ""], "--stack is empty"],
  [["timeline", "--output", ""], "--output is empty"],
  [["timeline", "--stak", "dev"], "--stak"],
])("options that cannot be used: %j", (args, message) => {
  const { status, stdout, stderr } = run(args, stack);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`pulumi-runbook: `);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("    at ");
});

test("where there is no timeline, no file is written, and an older one stays", () => {
  writeFileSync(join(folder, "kept.html"), "older");
  const { status, stdout, stderr } = run(["timeline", "--output", "kept.html"], "error: no stack selected");
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^pulumi-runbook: The stack's export is not JSON\. Make an export by `pulumi stack export/,
  );
  expect(readFileSync(join(folder, "kept.html"), "utf8")).toBe("older");
});

test("a file that cannot be written is named", () => {
  const { status, stderr } = run(["timeline", "--output", join("none", "a.html")], stack);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /--output: none.a\.html cannot be written \(ENOENT.*Name a file in a folder that exists/,
  );
});

test("--stack without a Pulumi CLI says what to do", () => {
  const { status, stdout, stderr } = run(["timeline", "--stack", "dev"], "", { env: { PATH: folder } });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /pulumi cannot be run \(.*ENOENT\)\. Install the Pulumi CLI, or give an export as standard input/,
  );
});

test("the provider's load does not grow: neither the program nor the provider loads the command", () => {
  const script = `
    require(${JSON.stringify(join(provider, "dist/index.js"))});
    require(${JSON.stringify(join(provider, "dist/fronts/dynamic/provider.js"))});
    process.stdout.write(JSON.stringify(Object.keys(require.cache).filter((file) => /dist.timeline./.test(file))));
  `;
  expect(execFileSync(process.execPath, ["-e", script], { cwd: provider, encoding: "utf8" })).toBe("[]");
});
