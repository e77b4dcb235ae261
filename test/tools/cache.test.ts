/**
 * The cache of set-up: an entry is there whole or not at all, whoever makes it, and whoever dies in between.
 */
import { existsSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Folder, ToolProcess } from "./toolProcess";
import { evaluate, makeFolder, startModule } from "./toolProcess";
import { until } from "../support/until";

let cache: Folder;
/** Files that signal something to processes, apart from the files that they make. */
let signals: Folder;
beforeEach(() => {
  cache = makeFolder();
  signals = makeFolder();
});
afterEach(() => {
  cache.remove();
  signals.remove();
});

const environment = (): NodeJS.ProcessEnv => ({
  RUNBOOK_CACHE: cache.path,
  GO_ON: join(signals.path, "go-on"),
});

/** Makes the entry "thing" of two files, between them when it may; prints what it did, and at once what it says. */
const makeScript = (until: "at once" | "told to go on" = "at once"): string => `
  import { appendFileSync, existsSync, writeFileSync } from "node:fs";
  import { setTimeout as sleep } from "node:timers/promises";
  import { ensureCached } from "tools/setup/cache.mjs";
  const said = [];
  const folder = await ensureCached({
    name: "thing",
    say: (text) => {
      said.push(text);
      process.stderr.write(text + "\\n");
    },
    make: async (unfinished) => {
      appendFileSync(process.env.RUNBOOK_CACHE + "/makers", process.pid + "\\n");
      writeFileSync(unfinished + "/first", "1");
      while (${String(until !== "at once")} && !existsSync(process.env.GO_ON)) await sleep(20);
      writeFileSync(unfinished + "/second", "2");
    },
  });
  console.log(JSON.stringify({ folder, said }));
`;

const waiting = "waiting for another process that makes thing";

/** Resolves when a process has said so many times that it waits. */
async function hasWaited({ child }: ToolProcess, times: number): Promise<void> {
  let said = "";
  child.stderr?.on("data", (text: string) => (said += text));
  await until(() => said.split(waiting).length > times);
}

const makers = (): string[] => readFileSync(join(cache.path, "makers"), "utf8").trim().split("\n");

test("two processes at once make an entry once, and the second one says that it waits", async () => {
  const first = startModule(makeScript("told to go on"), environment());
  await until(() => existsSync(join(cache.path, "makers")));
  const second = startModule(makeScript("told to go on"), environment());
  await hasWaited(second, 1);
  signals.write("go-on", "");
  const endings = await Promise.all([first.ending, second.ending]);

  const answers = endings.map(({ stdout }) => JSON.parse(stdout) as { folder: string; said: string[] });
  expect(answers.map(({ folder }) => folder)).toEqual(Array(2).fill(join(cache.path, "thing")));
  expect(answers[0]!.said).toEqual([]);
  expect(answers[1]!.said).toContain(waiting);
  expect(makers()).toHaveLength(1);
  expect(readdirSync(cache.path).sort()).toEqual(["makers", "thing"]);
});

test("an entry that is there is not made again", async () => {
  await evaluate(makeScript(), environment());
  await evaluate(makeScript(), environment());
  expect(makers()).toHaveLength(1);
});

test("a killed maker leaves no entry, and the next one makes it at once and clears up", async () => {
  const killed = startModule(makeScript("told to go on"), environment());
  await until(() => existsSync(join(cache.path, "makers")));
  killed.child.kill("SIGKILL");
  await killed.ending;
  expect(existsSync(join(cache.path, "thing"))).toBe(false);
  expect(readdirSync(cache.path).some((name) => name.startsWith("thing.making-"))).toBe(true);

  const begin = Date.now();
  await evaluate(makeScript(), environment());
  // An owner that is only silent is waited for: 30 s.
  expect(Date.now() - begin).toBeLessThan(25_000);
  expect(readdirSync(cache.path).sort()).toEqual(["makers", "thing"]);
  expect(readdirSync(join(cache.path, "thing")).sort()).toEqual(["first", "second"]);
});

test("making that fails leaves nothing, and tells why", async () => {
  const { code, stderr } = await startModule(
    `import { ensureCached } from "tools/setup/cache.mjs";
     await ensureCached({ name: "thing", make: async () => { throw new Error("no space left"); } });`,
    environment(),
  ).ending;
  expect(code).toBe(1);
  expect(stderr).toContain("no space left");
  expect(readdirSync(cache.path)).toEqual([]);
});

describe("a lock that is in the way", () => {
  const lock = (host: string, pid: number, silentSeconds: number): void => {
    const file = cache.write("thing.lock", JSON.stringify({ host, pid, id: "a" }));
    const then = new Date(Date.now() - silentSeconds * 1000);
    utimesSync(file, then, then);
  };

  test("of a live process that was silent for long is taken over: the pid is another program's now", async () => {
    lock(hostname(), process.pid, 120);
    await evaluate(makeScript(), environment());
    expect(makers()).toHaveLength(1);
  });

  test("of another machine is taken over only when it was silent for long", async () => {
    lock("elsewhere", 1, 120);
    await evaluate(makeScript(), environment());
    expect(makers()).toHaveLength(1);
  });

  test("of a live process that shows signs of life is waited for", async () => {
    lock(hostname(), process.pid, 0);
    const other = startModule(makeScript(), environment());
    await hasWaited(other, 3);
    expect(existsSync(join(cache.path, "makers"))).toBe(false);
    other.child.kill("SIGKILL");
    await other.ending;
  });
});

test("the cache lies where the environment says, and outside the repository otherwise", async () => {
  const places = await evaluate(`
    import { cacheFolder } from "tools/setup/cache.mjs";
    const last = process.platform === "darwin" ? "/home/me/Library/Caches" : "/home/me/.cache";
    console.log(JSON.stringify([
      cacheFolder({ RUNBOOK_CACHE: "/own", XDG_CACHE_HOME: "/xdg", HOME: "/home/me" }),
      cacheFolder({ XDG_CACHE_HOME: "/xdg", HOME: "/home/me" }),
      cacheFolder({ XDG_CACHE_HOME: "not-absolute", HOME: "/home/me" }).replace(last, "caches"),
      cacheFolder({ HOME: "" }).startsWith("/"),
    ]));
  `);
  expect(places).toEqual(["/own", "/xdg/pulumi-runbook", "caches/pulumi-runbook", true]);
});
