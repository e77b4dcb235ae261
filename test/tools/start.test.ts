/**
 * `npm start`, as far as it goes without an engine: its usage, and what it says of a stack that is locked.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Folder } from "./toolProcess";
import { evaluate, inRepository, makeFolder, startModule, startNode } from "./toolProcess";

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

test("a word that is no command: how it is used, and 2, before anything is set up", async () => {
  const { code, stdout, stderr } = await startNode([inRepository("tools/start.mjs"), "deploy"]).ending;
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^There is no command "deploy"\.\n\nUsage: npm start/);
  for (const command of ["up", "preview", "refresh", "destroy", "cancel"]) {
    expect(stderr).toMatch(new RegExp(`^ {2}${command} `, "m"));
  }
});

describe("a lock of Pulumi on the stack", () => {
  const whatLocks = async (): Promise<unknown> =>
    evaluate(
      `import { whatLocks } from "tools/start/demoStack.mjs";
       console.log(JSON.stringify(whatLocks(${JSON.stringify(folder.path)}) ?? "nothing"));`,
    );
  const lock = (pid: number): void => {
    folder.write(
      join("stacks", ".pulumi", "locks", "organization", "project", "demo", "1f0c.json"),
      JSON.stringify({ pid, username: "me", hostname: "here" }),
    );
  };

  test("is not there", async () => {
    expect(await whatLocks()).toBe("nothing");
  });

  test("of a killed run: the command that removes it", async () => {
    lock(spawnSync(process.execPath, ["-e", ""]).pid);
    expect(await whatLocks()).toMatch(/An earlier run was killed .*`npm start -- cancel`/);
  });

  test("of a run that goes on: wait", async () => {
    lock(process.pid);
    expect(await whatLocks()).toMatch(new RegExp(`process ${String(process.pid)}.*Wait until it has ended`));
  });
});

describe("the emulator of a run", () => {
  const STAND_IN = `
    const { createServer } = require("node:http");
    const port = Number(process.argv[process.argv.indexOf("--port") + 1]);
    const server = createServer((_request, response) => response.end('{"executions":[]}'));
    server.once("error", (error) => { console.error(error.message); process.exit(2); });
    server.listen(port, "127.0.0.1", () => {
      console.log(JSON.stringify({ url: "http://127.0.0.1:" + server.address().port, pid: process.pid }));
    });
  `;
  const run = async (
    script: string,
    preferredPort?: number,
  ): Promise<{ code: number | null; stdout: string; stderr: string }> => {
    folder.write(join("emulator", "bin", "runbook-emulator.js"), script);
    const options = { repository: folder.path, dataFolder: join(folder.path, "data"), preferredPort };
    return startModule(
      `import { startEmulator } from "tools/start/runningEmulator.mjs";
       import { runTool } from "tools/setup/setUp.mjs";
       await runTool(async () => {
         const emulator = await startEmulator(${JSON.stringify(options)});
         const executions = await emulator.executions();
         await emulator.stop();
         const isGone = await emulator.executions().then(() => false, () => true);
         console.log(JSON.stringify({ url: emulator.url, executions, isGone }));
         return 0;
       });`,
    ).ending;
  };

  test("gets another port when its own is taken, and is gone when it is stopped", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await once(squatter, "listening");
    const { port } = squatter.address() as AddressInfo;
    const { stdout } = await run(STAND_IN, port);
    squatter.close();
    const { url, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(url).not.toContain(String(port));
    expect(rest).toEqual({ executions: [], isGone: true });
  });

  test("that does not start: what it said", async () => {
    const { code, stderr } = await run(`console.error("runbook-emulator: no such folder"); process.exit(2);`);
    expect(code).toBe(1);
    expect(stderr).toContain("The emulator did not start:\nrunbook-emulator: no such folder");
  });
});

test("a program on the terminal: its exit code comes back, also that of a signal, and SIGTERM is passed on", async () => {
  const codes = await evaluate(
    `import { runInTerminal } from "tools/setup/runCommand.mjs";
     const run = (code) => runInTerminal(process.execPath, ["-e", code], { cwd: ".", env: process.env });
     const failed = await run("process.exit(7)");
     const killed = await run("process.kill(process.pid, 'SIGKILL')");
     setTimeout(() => process.kill(process.pid, "SIGTERM"), 300);
     const asked = await run("setTimeout(() => {}, 20000)");
     console.log(JSON.stringify([failed, killed, asked]));`,
  );
  expect(codes).toEqual([7, 128 + 9, 128 + 15]);
});

describe("the summary", () => {
  const summarize = async (run: Record<string, unknown>): Promise<unknown> =>
    evaluate(
      `import { summarize } from "tools/start/summary.mjs";
       console.log(JSON.stringify(summarize(${JSON.stringify({
         command: "up",
         exitCode: 0,
         elapsedMs: 9_432,
         started: [],
         known: 0,
         outputs: {},
         ...run,
       })})));`,
    );

  test("names what this run has started, the outputs, and what can be done next", async () => {
    const text = await summarize({
      started: [{ executionId: "8f1c02aa", workflowId: "patch", status: "success" }],
      known: 4,
      outputs: { status: "succeeded", steps: ["a", "b"] },
    });
    expect(text).toContain("pulumi up ended well; 9.4 s in all.");
    expect(text).toContain("Executions: 1 started by this run, 4 known to the emulator.");
    expect(text).toMatch(/8f1c02aa {2}workflow patch {2}success/);
    expect(text).toContain('status: succeeded\n  steps: ["a","b"]');
    expect(text).toContain("npm start -- destroy");
  });

  test("of a failed run tells its exit code", async () => {
    expect(await summarize({ exitCode: 255 })).toContain("pulumi up ended with exit code 255");
  });
});
