/**
 * The sources of the language hosts for set-up: beside the CLI, or a build; without Go the languages are skipped by
 * name.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Folder } from "./toolProcess";
import { makeFolder, startModule } from "./toolProcess";

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

interface Found {
  readonly languages: string[];
  readonly folders: string[];
  readonly said: string;
}

/** Looks for the hosts with stand-ins for the CLI in `cli` and for Go in `go`. */
async function ensure(): Promise<Found> {
  const { stdout, stderr } = await startModule(
    `import { ensureLanguageHosts } from "tools/setup/languageHosts.mjs";
     import { runTool } from "tools/setup/setUp.mjs";
     await runTool(async () => {
       let said = "";
       const progress = { step: async (name, work) => { said = await work(() => {}); } };
       const found = await ensureLanguageHosts({ cli: ${JSON.stringify(join(folder.path, "cli"))}, progress });
       console.log(JSON.stringify({ ...found, said }));
       return 0;
     });`,
    {
      PATH: [join(folder.path, "go"), "/usr/bin", "/bin"].join(delimiter),
      RUNBOOK_CACHE: join(folder.path, "cache"),
      HOME: folder.path,
    },
  ).ending;
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Found;
}

const languages = ["yaml", "java", "python", "go"];

const nothing = "#!/bin/sh\n";
const noGo = "#!/bin/sh\nexit 1\n";

/** Go that says its version, where the SDK's module is, and "builds" by writing a file for each package. */
function goThatBuilds(): string {
  mkdirSync(join(folder.path, "module/python/cmd"), { recursive: true });
  folder.write("module/python/cmd/pulumi-language-python-exec", nothing);
  return `#!/bin/sh
case $1 in
  env) echo go1.26.1 ;;
  list) echo ${folder.path}/module ;;
  build)
    while [ "$1" != -o ]; do shift; done
    target=$2; shift 2
    for package; do touch "$target$(basename "$package")"; done ;;
esac
`;
}

test("hosts beside the CLI are taken, and nothing is built", async () => {
  folder.write("go/go", noGo);
  folder.write("cli/pulumi", nothing);
  for (const language of languages) folder.write(`cli/pulumi-language-${language}`, nothing);
  expect(await ensure()).toEqual({
    languages,
    folders: [],
    said: "language hosts: yaml, java, python, go",
  });
});

test("without Go the languages whose hosts are missing are skipped by name", async () => {
  folder.write("go/go", noGo);
  folder.write("cli/pulumi", nothing);
  folder.write("cli/pulumi-language-yaml", nothing);
  expect(await ensure()).toEqual({
    languages: ["yaml"],
    folders: [],
    said: "language hosts: yaml; no Go of at least 1.21 here: tests in java, python, go are skipped",
  });
});

test("what is missing is built once, with the script that the host for Python starts", async () => {
  folder.write("cli/pulumi", nothing);
  folder.write("go/go", goThatBuilds());
  const built = await ensure();
  expect(built.languages).toEqual(languages);
  expect(built.folders).toHaveLength(3);
  expect(readdirSync(join(folder.path, "cache")).some((name) => name.startsWith("go-hosts-yaml-"))).toBe(
    true,
  );
  folder.write("go/go", goThatBuilds().replace("build)", "build) exit 1;"));
  expect(await ensure()).toEqual(built);
});
