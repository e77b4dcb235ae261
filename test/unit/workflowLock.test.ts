/**
 * The lock of one workflow: within a process, between processes of this machine, and after one that was killed.
 */
import { fork } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { never } from "../support/sessions";
import { withWorkflowLock, workflowLockIn } from "../../provider/src/starting/workflowLock";

const compiled = resolve(__dirname, "../../provider/dist/starting/workflowLock.js");

let workflow: string;
beforeEach(() => {
  workflow = `test ${randomUUID()}`;
});

/** Work under the lock, for as long as it takes. */
const locked = (of: string, work: () => Promise<void>): Promise<void> =>
  withWorkflowLock(of, work, { signal: never });

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The folder of a workflow's lock, by the module's own rule. */
function lockFolder(of: string): string {
  const name = createHash("sha256").update(of).digest("hex").slice(0, 32);
  return join(tmpdir(), `pulumi-runbook-${String(userInfo().uid)}`, `${name}.lock`);
}

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => true), wait(ms).then(() => false)]);
}

test("two of one process exclude each other", async () => {
  const log: string[] = [];
  await Promise.all(
    ["a", "b", "c"].map((name) =>
      locked(workflow, async () => {
        log.push(`${name} in`);
        await wait(30);
        log.push(`${name} out`);
      }),
    ),
  );
  expect(log).toHaveLength(6);
  for (let index = 0; index < log.length; index += 2) {
    expect(log[index + 1]).toBe(log[index]!.replace("in", "out"));
  }
});

test("different workflows do not wait for each other, and each gives back its own lock", async () => {
  const other = `${workflow} 2`;
  let release: () => void = () => undefined;
  const first = locked(workflow, () => new Promise((done) => (release = done)));
  while (!existsSync(lockFolder(workflow))) await wait(5);
  await locked(other, async () => {
    release();
    await first;
    expect(existsSync(lockFolder(workflow))).toBe(false);
    expect(existsSync(lockFolder(other))).toBe(true);
  });
  expect(existsSync(lockFolder(other))).toBe(false);
  // Both can be had again at once.
  for (const each of [workflow, other]) {
    expect(
      await within(
        3_500,
        locked(each, () => Promise.resolve()),
      ),
    ).toBe(true);
  }
});

test("what is thrown inside comes out, and the lock is given back", async () => {
  await expect(locked(workflow, () => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  expect(existsSync(lockFolder(workflow))).toBe(false);
});

test("what nobody touches is taken over, whatever it is and whatever its time says", async () => {
  const makers: ((path: string) => void)[] = [
    (path) => {
      mkdirSync(path);
    },
    (path) => {
      mkdirSync(join(path, "something"), { recursive: true });
    },
    (path) => {
      writeFileSync(path, "");
    },
  ];
  mkdirSync(join(lockFolder(workflow), ".."), { recursive: true });
  const cases = makers.flatMap((make, kind) => [-3_600, 0, 3_600].map((ahead) => ({ make, kind, ahead })));
  await Promise.all(
    cases.map(async ({ make, kind, ahead }) => {
      const of = `${workflow} ${String(kind)} ${String(ahead)}`;
      const path = lockFolder(of);
      make(path);
      const time = Date.now() / 1000 + ahead;
      utimesSync(path, time, time);
      const entered = locked(of, () => Promise.resolve());
      expect(await within(1_000, entered)).toBe(false);
      await entered;
      expect(existsSync(path)).toBe(false);
    }),
  );
});

test("one that somebody touches is waited for, with a word, until the caller gives up; nothing is done then", async () => {
  mkdirSync(lockFolder(workflow), { recursive: true });
  let seconds = Date.now() / 1000;
  const alive = setInterval(() => {
    utimesSync(lockFolder(workflow), (seconds += 1), seconds);
  }, 300);
  try {
    const giveUp = new AbortController();
    const told: string[] = [];
    let isDone = false;
    const waiting = withWorkflowLock(
      workflow,
      () => {
        isDone = true;
        return Promise.resolve();
      },
      {
        signal: giveUp.signal,
        onWait: (why) => {
          told.push(why);
          setTimeout(() => {
            giveUp.abort();
          }, 6_000);
        },
      },
    );
    await waiting;
    expect(isDone).toBe(false);
    expect(told).toEqual(["waiting for another deployment on this machine to start the same workflow"]);
  } finally {
    clearInterval(alive);
    rmSync(lockFolder(workflow), { recursive: true, force: true });
  }
});

test("whose lock was taken over, because it slept, is told so", async () => {
  const log: boolean[] = [];
  await withWorkflowLock(
    workflow,
    async (isHeld) => {
      log.push(isHeld());
      rmSync(lockFolder(workflow), { recursive: true });
      mkdirSync(lockFolder(workflow));
      while (isHeld()) await wait(50);
      log.push(isHeld());
    },
    { signal: never },
  );
  expect(log).toEqual([true, false]);
  rmSync(lockFolder(workflow), { recursive: true, force: true });
});

describe("of several folders", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wfx-lock-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const isHeldIn = async (...names: string[]): Promise<boolean> => {
    const lock = workflowLockIn(() => names.map((name) => join(folder, name)));
    let answer: boolean | undefined;
    await lock(
      workflow,
      (isHeld) => {
        answer = isHeld();
        return Promise.resolve();
      },
      { signal: never },
    );
    return answer!;
  };

  test("the first that is ours is taken: no file, no link, nothing below a file", async () => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), join(folder, "link"));
    expect(await isHeldIn("file", "file/below", "link", "own/deep", "other")).toBe(true);
    expect(existsSync(join(folder, "own", "deep"))).toBe(true);
    expect(existsSync(join(folder, "other"))).toBe(false);
    expect(readdirSync(join(folder, "elsewhere"))).toEqual([]);
  });

  test("none can be had: work goes on, and is told that it is not alone", async () => {
    writeFileSync(join(folder, "file"), "");
    expect(await isHeldIn("file", "file/below")).toBe(false);
    expect(await isHeldIn()).toBe(false);
  });

  test("one that is ours but open to others is closed to them", async () => {
    mkdirSync(join(folder, "open"));
    chmodSync(join(folder, "open"), 0o777);
    expect(await isHeldIn("open")).toBe(true);
    expect(statSync(join(folder, "open")).mode & 0o777).toBe(0o700);
  });
});

test("processes exclude each other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wfx-lock-"));
  const log = join(folder, "log");
  const script = join(folder, "script.cjs");
  appendFileSync(log, "");
  writeFileSync(
    script,
    `const { appendFileSync } = require("node:fs");
const { withWorkflowLock: lock } = require(${JSON.stringify(compiled)});
const [workflow, name, log] = process.argv.slice(2);
const locked = (of, work) => lock(of, work, { signal: new AbortController().signal });
(async () => {
  for (let round = 0; round < 5; round += 1) {
    await locked(workflow, async () => {
      appendFileSync(log, name + " in\\n");
      await new Promise((done) => setTimeout(done, 20));
      appendFileSync(log, name + " out\\n");
    });
  }
})().then(() => process.exit(0), () => process.exit(1));
`,
  );
  try {
    const codes = await Promise.all(
      ["a", "b", "c"].map(
        (name) =>
          new Promise((done) => {
            fork(script, [workflow, name, log], { execArgv: [] }).once("exit", done);
          }),
      ),
    );
    expect(codes).toEqual([0, 0, 0]);
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(30);
    for (let index = 0; index < lines.length; index += 2) {
      expect(lines[index + 1]).toBe(lines[index]!.replace("in", "out"));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
