/**
 * The journal of starts: what it keeps, through restarts of the process; what it makes of files that are none, and of
 * folders that can't be written.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry, PendingStart } from "../../provider/src/lifecycle/starting/journal";
import { Journal } from "../../provider/src/lifecycle/starting/journal";
import { RunRegister } from "../../provider/src/lifecycle/starting/register";
import { newArmedId } from "../../provider/src/lifecycle/starting/runKey";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wfx-journal-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const urn = "urn:pulumi:test::test::type::execution";
const pending: PendingStart = {
  key: "key",
  runName: "key-2",
  postedMs: 1_800_000_000_000,
  since: { newestMs: 7, ids: ["a", "b"] },
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
    await new Journal(folder).write("aom", entry);
    expect(await new Journal(folder).read("aom", urn)).toEqual(entry);
    expect(await new Journal(folder).readAll("aom")).toEqual([entry]);
  });

  test("keeps resources and services apart", async () => {
    const journal = new Journal(folder);
    await journal.write("aom", entry);
    await journal.write("cloudflow", { ...entry, workflow: "other" });
    await journal.write("aom", { ...entry, urn: `${urn}2` });
    expect((await new Journal(folder).readAll("aom")).map((found) => found.urn).sort()).toEqual([
      urn,
      `${urn}2`,
    ]);
    expect(await new Journal(folder).read("cloudflow", urn)).toMatchObject({ workflow: "other" });
    expect(await new Journal(folder).read("functiongraph", urn)).toBeUndefined();
  });

  test("what was overwritten is gone, and no half-written files stay behind", async () => {
    const journal = new Journal(folder);
    for (let round = 0; round < 20; round += 1)
      await journal.write("aom", { ...entry, past: [String(round)] });
    expect(files()).toHaveLength(1);
    expect(await new Journal(folder).read("aom", urn)).toMatchObject({ past: ["19"] });
  });

  test("many resources at once", async () => {
    const journal = new Journal(folder);
    const urns = Array.from({ length: 40 }, (_, index) => `${urn}-${String(index)}`);
    await Promise.all(urns.map((each) => journal.write("aom", { ...entry, urn: each })));
    expect((await new Journal(folder).readAll("aom")).map((found) => found.urn).sort()).toEqual(urns.sort());
  });

  test("is for its owner's eyes", async () => {
    await new Journal(folder).write("aom", entry);
    expect(statSync(files()[0]!).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "aom")).mode & 0o777).toBe(0o700);
  });

  test("does not grow for ever: the newest of the past are kept, and files of old times go", async () => {
    const past = Array.from({ length: 1_000 }, (_, index) => String(index));
    await new Journal(folder).write("aom", { ...entry, past });
    const [file] = files();
    const kept = (await new Journal(folder).read("aom", urn))!.past;
    expect(kept).toHaveLength(200);
    expect(kept.at(-1)).toBe("999");

    const longAgo = Date.now() / 1000 - 100 * 24 * 3600;
    utimesSync(file!, longAgo, longAgo);
    await new Journal(folder).write("cloudflow", entry);
    expect(existsSync(file!)).toBe(false);
    expect(await new Journal(folder).read("cloudflow", urn)).toEqual(entry);
  });

  test.each(["", "{", "null", "[]", '"text"', "7", '{"urn":1}', '{"urn":"u"}', "\0\0\0"])(
    "the file %j says nothing",
    async (text) => {
      await new Journal(folder).write("aom", entry);
      writeFileSync(files()[0]!, text);
      expect(await new Journal(folder).read("aom", urn)).toBeUndefined();
      expect(await new Journal(folder).readAll("aom")).toEqual([]);
    },
  );

  test("other files beside it do not matter", async () => {
    await new Journal(folder).write("aom", entry);
    writeFileSync(join(folder, "aom", "README"), "x");
    mkdirSync(join(folder, "aom", "folder.json"));
    expect(await new Journal(folder).readAll("aom")).toEqual([entry]);
  });

  test("a folder that can't be written costs one warning; the process goes on with what it knows", async () => {
    const blocked = join(folder, "file");
    writeFileSync(blocked, "");
    const warnings: string[] = [];
    const journal = new Journal(join(blocked, "journal"), (message) => warnings.push(message));
    await journal.write("aom", entry);
    await journal.write("aom", { ...entry, past: [] });
    expect(warnings).toEqual([
      expect.stringMatching(/^nothing can be noted in .*file\/journal \(ENOTDIR\): /),
    ]);
    expect(await journal.read("aom", urn)).toMatchObject({ past: [] });
    expect(await journal.readAll("aom")).toHaveLength(1);
  });

  test("without a folder it lasts as long as the process", async () => {
    const journal = new Journal(undefined);
    await journal.write("aom", entry);
    expect(await journal.read("aom", urn)).toEqual(entry);
  });
});

describe("the register", () => {
  const open = (): RunRegister => new RunRegister({ journalFolder: folder });
  const noted = (more: Partial<PendingStart> = {}): Promise<void> =>
    open().note("aom", urn, "wf", { key: "key", runName: "key", postedMs: 1, ...more });

  test("a start stays pending until a call shows its execution in the state", async () => {
    await noted({ executionId: "new" });
    expect(await open().pending("aom", urn)).toMatchObject({ executionId: "new" });
    await open().handedOver("aom", urn, "new");
    expect(await open().pending("aom", urn)).toBeUndefined();
    expect(await open().past("aom", urn)).toEqual(["new"]);
  });

  test("the execution that is to be replaced proves nothing about what replaces it", async () => {
    await noted({ executionId: "new", supersedesId: "old" });
    await open().handedOver("aom", urn, "old");
    expect(await open().pending("aom", urn)).toMatchObject({ executionId: "new" });
    await open().handedOver("aom", urn, "new");
    expect(await open().pending("aom", urn)).toBeUndefined();
  });

  test("an armed teardown runbook proves nothing about what a destroy has started", async () => {
    await noted({ executionId: "teardown" });
    await open().handedOver("aom", urn, newArmedId());
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
    const { taken, unresolved } = await open().claims("aom", "wf");
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
    const first = await Promise.allSettled([register.onePerKey("k", start), register.onePerKey("k", start)]);
    expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(starts).toBe(1);
    expect(await register.onePerKey("k", start)).toEqual({ id: "id", isFirst: true });
    expect(await register.onePerKey("k", start)).toEqual({ id: "id", isFirst: false });
    expect(starts).toBe(2);
  });

  test("a mark is read once; an error is not remembered", async () => {
    const register = open();
    let reads = 0;
    const read = (): Promise<string> => {
      reads += 1;
      return reads === 1 ? Promise.reject(new Error("503")) : Promise.resolve("name");
    };
    await expect(register.mark("x", read)).rejects.toThrow("503");
    expect(await register.mark("x", read)).toBe("name");
    expect(await register.mark("x", read)).toBe("name");
    expect(reads).toBe(2);
  });

  test("a resource without a URN has no memory, and no trouble", async () => {
    const register = open();
    await register.note("aom", undefined, "wf", { key: "k", runName: "k", postedMs: 1, executionId: "x" });
    await register.handedOver("aom", undefined, "x");
    await register.released("aom", undefined, "x");
    expect(await register.pending("aom", undefined)).toBeUndefined();
    expect(register.isTaken("x")).toBe(true);
    expect(files()).toEqual([]);
  });
});
