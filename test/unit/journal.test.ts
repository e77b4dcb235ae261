/**
 * The journal of starts: what it keeps, through restarts of the process; what it makes of files that are none, and of
 * folders that can't be written.
 */
import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry, PendingStart } from "../../provider/src/starting/journalEntry";
import { Journal } from "../../provider/src/starting/journal";
import { journalFolder } from "../../provider/src/starting/journalFolder";
import { TimeIsOver } from "../../provider/src/ground/timeLimit";
import { OutOfTimeError } from "../../provider/src/ground/errors";
import { RunRegister } from "../../provider/src/starting/register";
import { newArmedId } from "../../provider/src/starting/runKey";
import { systemClock } from "../../provider/src/ground/clock";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wfx-journal-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A journal of a new process; what it has to complain of goes into `troubles`. */
function journalIn(path: string, troubles: string[] = []): Journal {
  return new Journal({
    storage: journalFolder(path),
    clock: systemClock,
    onTrouble: (message) => troubles.push(message),
  });
}

const urn = "urn:pulumi:test::test::type::execution";
const pending: PendingStart = {
  key: "key",
  runName: "key-2",
  postedMs: 1_800_000_000_000,
  since: { fromMs: 7, ids: ["a", "b"], servedAtMs: 8 },
  supersedesId: "old",
  executionId: "new",
};
const entry: JournalEntry = { urn, workflow: "wf", past: ["p1", "p2"], pending };

const files = (): string[] =>
  existsSync(join(folder, "aom"))
    ? readdirSync(join(folder, "aom")).map((name) => join(folder, "aom", name))
    : [];

describe("the journal", () => {
  test("another process reads what one wrote, to the last field", async () => {
    await journalIn(folder).write("aom", entry);
    expect(await journalIn(folder).read("aom", urn)).toEqual(entry);
    expect(await journalIn(folder).readAll("aom")).toEqual([entry]);
  });

  test("keeps resources and services apart", async () => {
    const journal = journalIn(folder);
    await journal.write("aom", entry);
    await journal.write("cloudflow", { ...entry, workflow: "other" });
    await journal.write("aom", { ...entry, urn: `${urn}2` });
    expect((await journalIn(folder).readAll("aom")).map((found) => found.urn).sort()).toEqual([
      urn,
      `${urn}2`,
    ]);
    expect(await journalIn(folder).read("cloudflow", urn)).toMatchObject({ workflow: "other" });
    expect(await journalIn(folder).read("functiongraph", urn)).toBeUndefined();
  });

  test("what was overwritten is gone, and no half-written files stay behind", async () => {
    const journal = journalIn(folder);
    for (let round = 0; round < 20; round += 1)
      await journal.write("aom", { ...entry, past: [String(round)] });
    expect(files()).toHaveLength(1);
    expect(await journalIn(folder).read("aom", urn)).toMatchObject({ past: ["19"] });
  });

  test("many resources at once", async () => {
    const journal = journalIn(folder);
    const urns = Array.from({ length: 40 }, (_, index) => `${urn}-${String(index)}`);
    await Promise.all(urns.map((each) => journal.write("aom", { ...entry, urn: each })));
    expect((await journalIn(folder).readAll("aom")).map((found) => found.urn).sort()).toEqual(urns.sort());
  });

  test("is for its owner's eyes", async () => {
    await journalIn(folder).write("aom", entry);
    expect(statSync(files()[0]!).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "aom")).mode & 0o777).toBe(0o700);
  });

  test("does not grow for ever: the newest of the past are kept, and files of old times go", async () => {
    const past = Array.from({ length: 1_000 }, (_, index) => String(index));
    await journalIn(folder).write("aom", { ...entry, past });
    const kept = (await journalIn(folder).read("aom", urn))!.past;
    expect(kept).toHaveLength(200);
    expect(kept.at(-1)).toBe("999");

    await journalIn(folder).write("aom", { urn: `${urn}-gone`, workflow: "wf", past: ["p"] });
    await journalIn(folder).write("aom", { urn: `${urn}-open`, workflow: "wf", past: [], pending });
    const longAgo = Date.now() / 1000 - 100 * 24 * 3600;
    for (const old of files()) utimesSync(old, longAgo, longAgo);
    await journalIn(folder).write("aom", { urn: `${urn}-new`, workflow: "wf", past: [] });
    // Entries of posted starts are kept: clocks can be wrong by years.
    expect((await journalIn(folder).readAll("aom")).map((found) => found.urn).sort()).toEqual([
      urn,
      `${urn}-new`,
      `${urn}-open`,
    ]);
  });

  test("removes its own files only, and follows no links", async () => {
    const outside = join(folder, "outside");
    mkdirSync(outside);
    const foreign = join(outside, `${"0".repeat(32)}.json`);
    writeFileSync(foreign, JSON.stringify({ urn, workflow: "wf", past: [] }));
    await journalIn(folder).write("aom", entry);
    const beside = ["notes.txt", "README.json", `${"a".repeat(32)}.json.damaged`];
    for (const name of beside) writeFileSync(join(folder, "aom", name), "somebody's");
    symlinkSync(outside, join(folder, "cloudflow"));
    symlinkSync(foreign, join(folder, "aom", `${"1".repeat(32)}.json`));
    const longAgo = Date.now() / 1000 - 1000 * 24 * 3600;
    for (const path of [foreign, ...beside.map((name) => join(folder, "aom", name))])
      utimesSync(path, longAgo, longAgo);
    await journalIn(folder).write("aom", { ...entry, past: [] });
    expect(existsSync(foreign)).toBe(true);
    for (const name of beside) expect(existsSync(join(folder, "aom", name))).toBe(true);

    const troubles: string[] = [];
    await journalIn(folder, troubles).write("cloudflow", entry);
    expect(readdirSync(outside)).toHaveLength(1);
    expect(troubles).toEqual([expect.stringMatching(/^the record of starts in .* can't be written \(/)]);
  });

  test("a link in an entry's place is not read, and replaced, not written through", async () => {
    await journalIn(folder).write("aom", entry);
    const [file] = files();
    const target = join(folder, "target");
    writeFileSync(target, JSON.stringify(entry));
    rmSync(file!);
    symlinkSync(target, file!);
    const troubles: string[] = [];
    const journal = journalIn(folder, troubles);
    expect(await journal.read("aom", urn)).toBeUndefined();
    expect(troubles).toEqual([expect.stringMatching(/can't be read \(ELOOP\)/)]);
    await journal.write("aom", { ...entry, past: ["after"] });
    expect(readFileSync(target, "utf8")).toBe(JSON.stringify(entry));
    expect(await journalIn(folder).read("aom", urn)).toMatchObject({ past: ["after"] });
  });

  test.each([
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "7",
    '{"urn":1}',
    '{"urn":"u"}',
    "\0\0\0",
    JSON.stringify({ ...entry, pending: { ...pending, postedMs: "x" } }),
    JSON.stringify({ ...entry, pending: { key: "k" } }),
    JSON.stringify({ ...entry, pending: { ...pending, since: { ids: [] } } }),
  ])("the damaged file %j says nothing, which is said once, with what is no longer known", async (text) => {
    await journalIn(folder).write("aom", entry);
    writeFileSync(files()[0]!, text);
    const troubles: string[] = [];
    const journal = journalIn(folder, troubles);
    expect(await journal.read("aom", urn)).toBeUndefined();
    expect(await journal.readAll("aom")).toEqual([]);
    expect(troubles).toEqual([
      expect.stringMatching(/^the record of starts .* can't be read .* no longer known whether .*console/),
    ]);

    await journal.write("aom", entry);
    expect(await journalIn(folder).read("aom", urn)).toEqual(entry);
    // The former content stays for inspection.
    expect(files().filter((name) => name.endsWith(".damaged"))).toHaveLength(1);
  });

  test("other files beside it do not matter", async () => {
    await journalIn(folder).write("aom", entry);
    writeFileSync(join(folder, "aom", "README"), "x");
    mkdirSync(join(folder, "aom", "folder.json"));
    expect(await journalIn(folder).readAll("aom")).toEqual([entry]);
  });

  test("a folder that can't be written costs one warning; the process goes on with what it knows", async () => {
    const blocked = join(folder, "file");
    writeFileSync(blocked, "");
    const warnings: string[] = [];
    const journal = journalIn(join(blocked, "journal"), warnings);
    await journal.write("aom", entry);
    await journal.write("aom", { ...entry, past: [] });
    expect(warnings).toEqual([
      expect.stringMatching(/^the record of starts in .*file\/journal can't be written \(ENOTDIR\): /),
    ]);
    expect(await journal.read("aom", urn)).toMatchObject({ past: [] });
    expect(await journal.readAll("aom")).toHaveLength(1);
  });

  test("without a folder it lasts as long as the process", async () => {
    const journal = new Journal({ clock: systemClock, onTrouble: () => undefined });
    await journal.write("aom", entry);
    expect(await journal.read("aom", urn)).toEqual(entry);
  });
});

describe("the register", () => {
  test("who replaces a resource is known to other processes of that deployment, and to no other", async () => {
    const register = (): RunRegister => new RunRegister({ journalFolder: folder });
    const [deletes, creates] = [register(), register()];
    // The one that deletes has noted something itself before, as a refresh does.
    await deletes.recorded("aom", "urn:a", "ex-1", { always: true });
    await creates.replacing("aom", "urn:a", "127.0.0.1:1");
    await creates.note("aom", "urn:a", "wf", { key: "k", runName: "k-1", postedMs: 1, executionId: "ex-2" });
    expect(await deletes.isReplacing("aom", "urn:a", "127.0.0.1:1")).toBe(true);
    expect(await creates.isReplacing("aom", "urn:a", "127.0.0.1:1")).toBe(true);
    for (const [urn, deployment] of [
      ["urn:a", "127.0.0.1:2"],
      ["urn:b", "127.0.0.1:1"],
      ["urn:a", undefined],
    ] as const) {
      expect(await deletes.isReplacing("aom", urn, deployment)).toBe(false);
    }
  });

  const open = (): RunRegister => new RunRegister({ journalFolder: folder });
  const noted = (more: Partial<PendingStart> = {}): Promise<void> =>
    open().note("aom", urn, "wf", { key: "key", runName: "key", postedMs: 1, ...more });

  test("a start stays pending until a call shows its execution in the state", async () => {
    await noted({ executionId: "new" });
    expect(await open().pending("aom", urn)).toMatchObject({ executionId: "new" });
    await open().recorded("aom", urn, "new");
    expect(await open().pending("aom", urn)).toBeUndefined();
    expect(await open().past("aom", urn)).toEqual(["new"]);
  });

  test("the execution that is to be replaced proves nothing about what replaces it", async () => {
    await noted({ executionId: "new", supersedesId: "old" });
    await open().recorded("aom", urn, "old");
    expect(await open().pending("aom", urn)).toMatchObject({ executionId: "new" });
    await open().recorded("aom", urn, "new");
    expect(await open().pending("aom", urn)).toBeUndefined();
  });

  test("an armed teardown runbook proves nothing about what a destroy has started", async () => {
    await noted({ executionId: "teardown" });
    await open().recorded("aom", urn, newArmedId(randomUUID));
    expect(await open().pending("aom", urn)).toMatchObject({ executionId: "teardown" });
    expect(await open().past("aom", urn)).toEqual([]);
  });

  test("a destroy takes its own execution out, and no other", async () => {
    await noted({ executionId: "new" });
    await open().released("aom", urn, "other");
    expect(await open().pending("aom", urn)).toBeDefined();
    await open().released("aom", urn, "new");
    expect(await open().pending("aom", urn)).toBeUndefined();
    expect(await open().past("aom", urn)).toEqual(["other", "new"]);
  });

  test("a start that came to nothing is forgotten, the past is not", async () => {
    await noted({ executionId: "new" });
    await open().released("aom", urn, "new");
    await noted();
    await open().note("aom", urn, "wf", undefined);
    expect(await open().pending("aom", urn)).toBeUndefined();
    expect(await open().past("aom", urn)).toEqual(["new"]);
  });

  test("a start that is posted again keeps what was known before the first time", async () => {
    const since = { fromMs: 5, ids: ["seen"] };
    await noted({ postedMs: 100, since });
    await noted({ postedMs: 900, since: { fromMs: 50, ids: ["seen", "ours, perhaps"] } });
    expect(await open().pending("aom", urn)).toMatchObject({ postedMs: 100, since });
    // Another name is another start.
    await noted({ runName: "key-n2", postedMs: 900 });
    expect(await open().pending("aom", urn)).toMatchObject({ postedMs: 900, since: undefined });
  });

  test("what a deployment has answered with is in the state only when a later call shows it", async () => {
    await noted({ executionId: "new" });
    await open().answered("aom", urn, "other");
    expect((await open().pending("aom", urn))?.isAnswered).toBeUndefined();
    await open().answered("aom", urn, "new");
    expect(await open().pending("aom", urn)).toMatchObject({ executionId: "new", isAnswered: true });
    expect(await open().past("aom", urn)).toEqual([]);
    await open().recorded("aom", urn, "new");
    expect(await open().pending("aom", urn)).toBeUndefined();
  });

  test("a process posts no start again that it was answered", () => {
    const register = open();
    register.shared.assertNotAccepted("wf", "name");
    register.shared.accepted("wf", "name", "id");
    register.shared.assertNotAccepted("wf", "name-2");
    register.shared.assertNotAccepted("wf2", "name");
    expect(() => {
      register.shared.assertNotAccepted("wf", "name");
    }).toThrow(/^this process already started run \S+ as execution id; nothing was started a second time/);
  });

  test("a start is known together with its workflow", async () => {
    await noted();
    expect(await open().pending("aom", urn)).toMatchObject({ workflow: "wf" });
  });

  test("what any resource of the machine has is taken; what looks for its execution is counted", async () => {
    await noted({ executionId: "one" });
    await open().note("aom", `${urn}-2`, "wf", { key: "k", runName: "k", postedMs: 1 });
    await open().note("aom", `${urn}-3`, "elsewhere", {
      key: "k",
      runName: "k",
      postedMs: 1,
      executionId: "x",
    });
    await open().released("aom", urn, "zero");
    const { taken, unresolved } = await open().owned.claims("aom", "wf");
    expect([...taken].sort()).toEqual(["one", "zero"]);
    expect(unresolved).toBe(1);
  });

  test("one start per key at a time; one that fails lets the next one try", async () => {
    const register = open();
    let starts = 0;
    const start = async (): Promise<string> => {
      starts += 1;
      await Promise.resolve();
      if (starts === 1) throw new Error("refused");
      return "id";
    };
    const first = await Promise.allSettled([
      register.shared.onePerKey("k", start),
      register.shared.onePerKey("k", start),
    ]);
    expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(starts).toBe(1);
    expect(await register.shared.onePerKey("k", start)).toEqual({ id: "id", isFirst: true });
    expect(await register.shared.onePerKey("k", start)).toEqual({ id: "id", isFirst: false });
    expect(starts).toBe(2);
  });

  test("a mark is read once; an error is not remembered", async () => {
    const register = open();
    let reads = 0;
    const read = (): Promise<string> => {
      reads += 1;
      return reads === 1 ? Promise.reject(new Error("503")) : Promise.resolve("name");
    };
    const { signal } = new AbortController();
    await expect(register.shared.mark("x", read, signal)).rejects.toThrow("503");
    expect(await register.shared.mark("x", read, signal)).toBe("name");
    expect(await register.shared.mark("x", read, signal)).toBe("name");
    expect(reads).toBe(2);
  });

  test("a mark that another one reads is waited for in one's own time, and read again where only the other's is over", async () => {
    const register = open();
    const [reader, hasty, patient] = [new AbortController(), new AbortController(), new AbortController()];
    const cutOff = (): Error =>
      new OutOfTimeError({ operation: "Show", method: "GET", url: "" }, { mayHaveArrived: false });
    let fail = (_error: Error): void => undefined;
    const hangs = (): Promise<string> =>
      new Promise((_resolve, reject) => {
        fail = reject;
      });
    const first = register.shared.mark("x", hangs, reader.signal);
    const second = register.shared.mark("x", () => Promise.resolve("name"), patient.signal);
    const third = register.shared.mark("x", () => Promise.resolve("never asked for"), hasty.signal);
    hasty.abort(new TimeIsOver());
    await expect(third).rejects.toThrow(OutOfTimeError);
    fail(cutOff());
    await expect(first).rejects.toThrow(OutOfTimeError);
    expect(await second).toBe("name");
  });

  test("the last arming outlives a start, and what a deployment compares is the last", async () => {
    const [old, replacement] = [newArmedId(randomUUID), newArmedId(randomUUID)];
    await open().armed("aom", "urn", old);
    await open().armed("aom", "urn", replacement);
    await open().note("aom", "urn", "wf", { key: "k", runName: "k", postedMs: 1 });
    expect(await open().lastArmed("aom", "urn")).toBe(replacement);
    await open().recorded("aom", "urn", old, { mayBeCopy: true });
    expect(await open().lastArmed("aom", "urn")).toBe(replacement);
    // The replacement has not arrived in the state.
    await open().recorded("aom", "urn", old);
    expect(await open().lastArmed("aom", "urn")).toBe(old);
  });

  test("a resource without a URN has no memory, and no trouble", async () => {
    const register = open();
    await register.note("aom", undefined, "wf", { key: "k", runName: "k", postedMs: 1, executionId: "x" });
    await register.recorded("aom", undefined, "x");
    await register.released("aom", undefined, "x");
    expect(await register.pending("aom", undefined)).toBeUndefined();
    expect(register.owned.isTaken("x")).toBe(true);
    expect(files()).toEqual([]);
  });
});
