/**
 * The lock of one workflow: within a process, between processes of this machine, and after one that was killed.
 */
import { fork } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { withWorkflowLock } from "../../provider/src/lifecycle/starting/workflowLock";

const compiled = resolve(__dirname, "../../provider/dist/lifecycle/starting/workflowLock.js");

let workflow: string;
beforeEach(() => {
  workflow = `test ${randomUUID()}`;
});

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Where the lock of a workflow is, by the module's own rule. */
function lockFolder(of: string): string {
  const name = createHash("sha256").update(of).digest("hex").slice(0, 32);
  return join(tmpdir(), `pulumi-workflow-execution-${String(userInfo().uid)}`, `${name}.lock`);
}

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => true), wait(ms).then(() => false)]);
}

test("two of one process exclude each other", async () => {
  const log: string[] = [];
  await Promise.all(
    ["a", "b", "c"].map((name) =>
      withWorkflowLock(workflow, async () => {
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
  const first = withWorkflowLock(workflow, () => new Promise((done) => (release = done)));
  while (!existsSync(lockFolder(workflow))) await wait(5);
  await withWorkflowLock(other, async () => {
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
        // Sooner than a lock that nobody touches is taken over: 10 s.
        8_000,
        withWorkflowLock(each, () => Promise.resolve()),
      ),
    ).toBe(true);
  }
});

test("what is thrown inside comes out, and the lock is given back", async () => {
  await expect(withWorkflowLock(workflow, () => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  expect(existsSync(lockFolder(workflow))).toBe(false);
});

test("a lock that nobody touches any more is taken over, a fresh one is not", async () => {
  mkdirSync(lockFolder(workflow), { recursive: true });
  const entered = withWorkflowLock(workflow, () => Promise.resolve());
  expect(await within(500, entered)).toBe(false);
  const longAgo = Date.now() / 1000 - 60;
  utimesSync(lockFolder(workflow), longAgo, longAgo);
  await entered;
  expect(existsSync(lockFolder(workflow))).toBe(false);
});

test("work goes on where no lock can be had", async () => {
  const parent = join(tmpdir(), `wfx-lock-${randomUUID()}`);
  writeFileSync(parent, "");
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = parent;
  try {
    let isDone = false;
    await withWorkflowLock(workflow, () => {
      isDone = true;
      return Promise.resolve();
    });
    expect(isDone).toBe(true);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(parent);
  }
});

test("processes exclude each other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wfx-lock-"));
  const log = join(folder, "log");
  const script = join(folder, "script.cjs");
  appendFileSync(log, "");
  writeFileSync(
    script,
    `const { appendFileSync } = require("node:fs");
const { withWorkflowLock } = require(${JSON.stringify(compiled)});
const [workflow, name, log] = process.argv.slice(2);
(async () => {
  for (let round = 0; round < 5; round += 1) {
    await withWorkflowLock(workflow, async () => {
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
