/**
 * The plugin's archives: reproducible, with one copy of each library, and started by the wrapper from any folder. The
 * plugin's answers are tested in test/plugin; the wrapper for Windows can't run here.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Folder } from "./toolProcess";
import { evaluate, inRepository, makeFolder } from "./toolProcess";

interface Built {
  readonly archives: string[];
  readonly packages: { readonly name: string; readonly version: string }[];
}

let folder: Folder;
let built: Built;
let again: Built;

/** Builds all archives into a folder, in a process of its own. */
async function build(name: string): Promise<Built> {
  return (await evaluate(`
    import { writeArchives } from "tools/plugin/archives.mjs";
    import { bundlePlugin } from "tools/plugin/bundle.mjs";
    const repository = ${JSON.stringify(inRepository(""))};
    const files = await bundlePlugin(repository);
    const folder = ${JSON.stringify(join(folder.path, name))};
    const archives = await writeArchives({ repository, folder, version: "1.2.3", files });
    console.log(JSON.stringify({ archives, packages: files.packages }));
  `)) as Built;
}

beforeAll(async () => {
  folder = makeFolder();
  built = await build("first");
  again = await build("second");
});
afterAll(() => {
  execFileSync("chmod", ["-R", "u+w", folder.path]);
  folder.remove();
});

const archiveFor = (platform: string): string =>
  built.archives.find((path) => path.endsWith(`pulumi-resource-runbook-v1.2.3-${platform}.tar.gz`))!;

test("there is an archive for each of the usual platforms, with the platform's wrapper", () => {
  expect(readdirSync(join(folder.path, "first")).sort()).toEqual(
    ["darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64"].map(
      (platform) => `pulumi-resource-runbook-v1.2.3-${platform}.tar.gz`,
    ),
  );
  const contents = (platform: string): string[] =>
    execFileSync("tar", ["-tzf", archiveFor(platform)], { encoding: "utf8" })
      .trim()
      .split("\n");
  const files = ["LICENSE", "THIRD-PARTY-LICENSES.txt", "main.js"];
  expect(contents("linux-amd64")).toEqual([...files, "pulumi-resource-runbook", "schema.json"]);
  expect(contents("windows-amd64")).toEqual([...files, "pulumi-resource-runbook.cmd", "schema.json"]);
});

test("the same sources give the same bytes", () => {
  const digests = (paths: string[]): string[] =>
    paths.map((path) => createHash("sha256").update(readFileSync(path)).digest("hex"));
  expect(digests(again.archives)).toEqual(digests(built.archives));
});

// Two copies do not know each other's messages.
test("each library is in the bundle once", () => {
  const names = built.packages.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["@grpc/grpc-js", "google-protobuf", "node-fetch"]));
  expect(names).toHaveLength(new Set(names).size);
});

describe("the wrapper", () => {
  let place: string;
  beforeAll(() => {
    place = join(folder.path, "with a blank");
    mkdirSync(place);
    execFileSync("tar", ["-xzf", archiveFor("linux-amd64"), "-C", place]);
    symlinkSync("with a blank/pulumi-resource-runbook", join(folder.path, "relative"));
    symlinkSync(join(folder.path, "relative"), join(folder.path, "absolute"));
    chmodSync(place, 0o555);
  });

  /** Starts the wrapper until its first line, or its end. */
  function start(
    path: string,
    env: NodeJS.ProcessEnv,
  ): Promise<{ line: string; code: number | null; stderr: string }> {
    const child = spawn(path, [], {
      cwd: "/",
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let [line, stderr] = ["", ""];
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      line += chunk;
      // The engine keeps this pipe open for as long as it lives.
      if (line.includes("\n")) child.stdin.end();
    });
    const limit = setTimeout(() => child.kill(), 60_000);
    return new Promise((resolve) => {
      child.once("close", (code) => {
        clearTimeout(limit);
        resolve({ line, code, stderr });
      });
    });
  }

  test.each(["with a blank/pulumi-resource-runbook", "relative", "absolute"])(
    "starts the plugin, which says its port and ends with its parent: %s",
    async (name) => {
      const env = { NODE_OPTIONS: "--require /not/there.cjs", FORCE_COLOR: "3" };
      const { line, code, stderr } = await start(join(folder.path, name), env);
      expect(stderr).toBe("");
      expect(line).toMatch(/^\d+\n$/);
      expect(code).not.toBeNull();
    },
  );

  test.each([
    ["no Node.js", undefined, "there is none"],
    ["Node.js 18", "v18.20.4", "here is v18.20.4"],
    ["Node.js 9", "v9.11.2", "here is v9.11.2"],
  ])("with %s it says what is needed", async (_, version, what) => {
    const bin = join(folder.path, `bin-${version ?? "none"}`);
    mkdirSync(bin);
    for (const program of ["sh", "dirname", "readlink"]) {
      const found = execFileSync("/bin/sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
      symlinkSync(found, join(bin, program));
    }
    if (version !== undefined) folder.write(`bin-${version}/node`, `#!/bin/sh\necho ${version}\n`);
    const { line, code, stderr } = await start(join(place, "pulumi-resource-runbook"), { PATH: bin });
    expect([line, code]).toEqual(["", 1]);
    expect(stderr).toBe(
      `the Pulumi plugin runbook needs Node.js 20 or newer on PATH (https://nodejs.org); ${what}\n`,
    );
  });
});
