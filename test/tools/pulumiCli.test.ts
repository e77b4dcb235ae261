/**
 * The sources of the Pulumi CLI for set-up: PATH, the cache, the vendor's download, a build; with stand-ins for the
 * programs that it starts.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Ending, Folder } from "./toolProcess";
import { makeFolder, startModule } from "./toolProcess";

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

/** Looks for the CLI with nothing but the given folders on PATH. */
async function ensure(...path: string[]): Promise<Ending> {
  return startModule(
    `import { ensurePulumiCli } from "tools/setup/pulumiCli.mjs";
     import { runTool } from "tools/setup/setUp.mjs";
     await runTool(async () => {
       const said = [];
       console.log(JSON.stringify({ ...(await ensurePulumiCli({ say: (text) => said.push(text) })), said }));
       return 0;
     });`,
    {
      PATH: [...path.map((name) => join(folder.path, name)), join(folder.path, "system")].join(":"),
      RUNBOOK_CACHE: join(folder.path, "cache"),
      HOME: folder.path,
    },
  ).ending;
}

const answering = (version: string): string => `#!/bin/sh\necho ${version}\n`;
const noNetwork = "#!/bin/sh\necho 'curl: (6) Could not resolve host' >&2\nexit 6\n";

/** Links the programs that every machine has; programs that are not linked here are not on this machine. */
function giveSystem(...programs: string[]): void {
  mkdirSync(join(folder.path, "system"), { recursive: true });
  for (const program of programs) {
    const found = execFileSync("/bin/sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
    symlinkSync(found, join(folder.path, "system", program));
  }
}

test("the first pulumi on PATH is taken if it runs, is new enough and has the Node.js language host", async () => {
  folder.write("here/pulumi", answering("v3.200.1"));
  folder.write("here/pulumi-language-nodejs", answering("x"));
  const { stdout } = await ensure("nowhere", "here");
  expect(JSON.parse(stdout)).toMatchObject({
    folder: join(folder.path, "here"),
    version: "3.200.1",
    from: "on PATH",
    said: [],
  });
});

test("a link to pulumi counts when the language host lies beside what it leads to", async () => {
  folder.write("cellar/pulumi", answering("v3.200.1"));
  folder.write("cellar/pulumi-language-nodejs", answering("x"));
  mkdirSync(join(folder.path, "links"));
  symlinkSync(join(folder.path, "cellar", "pulumi"), join(folder.path, "links", "pulumi"));
  const { stdout } = await ensure("links");
  expect(JSON.parse(stdout)).toMatchObject({ folder: join(folder.path, "links"), from: "on PATH" });
});

test.each([
  [
    "is too old",
    { pulumi: answering("v3.141.9"), "pulumi-language-nodejs": answering("x") },
    "is 3.141.9, older than 3.142.0",
  ],
  [
    "does not run",
    { pulumi: "#!/bin/sh\nexit 1\n", "pulumi-language-nodejs": answering("x") },
    "does not run",
  ],
  ["is alone", { pulumi: answering("v3.200.1") }, "has no pulumi-language-nodejs beside it"],
])("a pulumi on PATH that %s is passed over, and the reason is told", async (_, programs, reason) => {
  for (const [name, content] of Object.entries(programs)) folder.write(`here/${name}`, content);
  const archive = makeArchive();
  folder.write("network/curl", serving(archive));
  giveSystem("tar", "gzip", "cp");
  const { stdout } = await ensure("here", "network");
  const { from } = JSON.parse(stdout) as { from: string };
  expect(from).toMatch(/^downloaded; /);
  expect(from).toContain(reason);
});

test("the vendor's archive is unpacked into the cache and found there the next time, without the network", async () => {
  folder.write("network/curl", serving(makeArchive()));
  folder.write("offline/curl", noNetwork);
  giveSystem("tar", "gzip", "cp");

  const first = JSON.parse((await ensure("network")).stdout) as { folder: string };
  expect(first).toMatchObject({
    version: "3.259.0",
    from: "downloaded",
    said: ["downloading Pulumi 3.259.0"],
  });
  expect(readdirSync(first.folder).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
  expect(existsSync(join(folder.path, ".pulumi"))).toBe(false);

  const second = JSON.parse((await ensure("offline")).stdout) as unknown;
  expect(second).toMatchObject({ folder: first.folder, from: "downloaded earlier", said: [] });
});

test("without the download and without Go it says what to install, and leaves no entry behind", async () => {
  folder.write("offline/curl", noNetwork);
  const { code, stderr } = await ensure("offline");
  expect(code).toBe(1);
  expect(stderr).toContain("there is no Go to build it with");
  expect(stderr).toMatch(/Install Pulumi 3\.259\.0 \(https:\S+\), or Go 1\.25 or newer, and run it again/);
  expect(stderr).not.toContain("at ");
  expect(readdirSync(join(folder.path, "cache"))).toEqual([]);
});

test("a Go that is too old is named", async () => {
  folder.write("offline/curl", noNetwork);
  folder.write("offline/go", "#!/bin/sh\necho go1.24.3\n");
  const { code, stderr } = await ensure("offline");
  expect(code).toBe(1);
  expect(stderr).toContain("The Pulumi CLI is built with Go 1.25 or newer; here is: go1.24.3");
});

test("a build that fails shows its last lines", async () => {
  folder.write("offline/curl", noNetwork);
  folder.write(
    "offline/go",
    `#!/bin/sh\nif [ "$1" = env ]; then echo go1.26.1; else echo 'main.go:1: it does not compile' >&2; exit 1; fi\n`,
  );
  const { code, stderr } = await ensure("offline");
  expect(code).toBe(1);
  expect(stderr).toContain("Building pulumi failed:\nmain.go:1: it does not compile");
});

test("Go finds folders for its own caches also where there is no home", async () => {
  const { stdout } = await startModule(
    `import { goEnvironment } from "tools/setup/goBuild.mjs";
     const { GOPATH, GOCACHE } = goEnvironment({ HOME: "", RUNBOOK_CACHE: "/cache" });
     const kept = goEnvironment({ HOME: "/home/me" });
     console.log(JSON.stringify({ GOPATH, GOCACHE, kept: [kept.GOPATH, kept.GOCACHE] }));`,
  ).ending;
  expect(JSON.parse(stdout)).toEqual({
    GOPATH: "/cache/go/path",
    GOCACHE: "/cache/go/build",
    kept: [null, null],
  });
});

/** An archive laid out as the vendor's. */
function makeArchive(): string {
  folder.write("release/pulumi/pulumi", answering("v3.259.0"));
  folder.write("release/pulumi/pulumi-language-nodejs", answering("x"));
  const archive = join(folder.path, "release.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", join(folder.path, "release"), "pulumi"]);
  return archive;
}

/** A curl that writes the archive to what follows --output. */
function serving(archive: string): string {
  return `#!/bin/sh
while [ "$1" != --output ]; do shift; done
cp '${archive}' "$2"
`;
}
