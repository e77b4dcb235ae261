/**
 * Starting an emulator: seeds, limits, and a data folder that outlives it.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { EmulatorOptions, Seed } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { Json } from "./emulatorClient";
import { EmulatorClient, executions, testProject } from "./emulatorClient";

const timersButTimeout = [
  ...["Date", "hrtime", "nextTick", "performance", "queueMicrotask"],
  ...["setImmediate", "clearImmediate", "setInterval", "clearInterval"],
] as ("Date" | "nextTick")[];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emulator-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function withEmulator<T>(
  options: EmulatorOptions,
  use: (client: EmulatorClient) => Promise<T>,
): Promise<T> {
  const emulator = await startEmulator(options);
  try {
    return await use(new EmulatorClient(emulator.url));
  } finally {
    await emulator.close();
  }
}

describe("a seed", () => {
  const OTHER_PROJECT = "b".repeat(32);
  const seed: Seed = {
    accounts: [
      {
        domain: "acme",
        users: [{ name: "ann", password: "acme-password" }],
        accessKeys: [{ accessKey: "ACMEKEY", secretKey: "acme-secret" }],
        projects: [{ id: OTHER_PROJECT, name: "cn-east-3" }],
      },
    ],
    workflows: {
      acme: { projectId: OTHER_PROJECT, nodes: [{ id: "a", durationMs: 5 }] },
      "demo-slow": { nodes: [{ id: "quick", durationMs: 1 }] },
    },
    quirks: { unknownStatus: "warming" },
  };
  const acme = { accessKey: "ACMEKEY", secretKey: "acme-secret" };

  test("adds accounts and workflows to the demo ones, and may replace these", async () => {
    await withEmulator({ seed }, async (client) => {
      const own = await client.signed("POST", executions("acme", OTHER_PROJECT), { keys: acme });
      expect(own.status).toBe(200);
      expect((await client.signed("POST", executions("acme", OTHER_PROJECT))).status).toBe(401);
      expect(
        (await client.login({ domain: "acme", user: "ann", password: "acme-password", project: "cn-east-3" }))
          .status,
      ).toBe(201);
      await client.freeze();
      const id = await client.execute("demo-slow");
      expect((await client.detail("demo-slow", id)).json.status).toBe("warming");
      await client.advance(1);
      expect((await client.detail("demo-slow", id)).json.status).toBe("success");
    });
  });

  test("may leave the demo out", async () => {
    await withEmulator({ seed: { ...seed, demo: false, workflows: {} } }, async (client) => {
      expect((await client.login()).status).toBe(401);
      expect((await client.control("GET", "/workflows")).json.workflows).toEqual([]);
    });
  });

  test("may come from a file, and is refused with the file and the field", async () => {
    const file = join(folder, "seed.json");
    writeFileSync(file, JSON.stringify(seed));
    await withEmulator({ seed: file }, async (client) => {
      const { workflows } = (await client.control("GET", "/workflows")).json;
      expect(workflows.filter(({ service }: Json) => service === "aom")).toHaveLength(4);
    });
    writeFileSync(file, JSON.stringify({ workflows: { w: { nodes: [{ id: "a" }] } } }));
    await expect(startEmulator({ seed: file })).rejects.toThrow(
      `seed file ${file}: workflows.w.nodes[0].durationMs`,
    );
    await expect(startEmulator({ seed: join(folder, "none.json") })).rejects.toThrow("none.json");
  });

  test.each<[unknown, string]>([
    [{ acounts: [] }, "acounts: is not a known field"],
    [{ accounts: [{ domain: "x", projects: [{ id: "short", name: "r" }] }] }, "accounts[0].projects[0].id"],
    [
      { accounts: [{ domain: "x", accessKeys: [{ accessKey: "EMULATORACCESSKEY0001", secretKey: "s" }] }] },
      "defined twice",
    ],
    [
      { accounts: [{ domain: "x", accessKeys: [{ accessKey: "A", secretKey: "s", user: "u" }] }] },
      "accessKeys[0].user",
    ],
    [{ limits: { ExecuteWorkflow: { tokens: 0, perSecond: 1 } } }, "limits.ExecuteWorkflow.tokens"],
    [{ quirks: { nope: true } }, "nope"],
  ])("is refused when it is wrong: %j", async (wrong, message) => {
    await expect(startEmulator({ seed: wrong as Seed })).rejects.toThrow(message);
  });
});

describe("enforced limits", () => {
  test("answer 429 with Retry-After, per operation, and refill by the clock", async () => {
    const limits = { ExecuteWorkflow: { tokens: 2, perSecond: 0.5 } };
    await withEmulator({ seed: { limits }, enforceLimits: true }, async (client) => {
      await client.freeze();
      const start = () => client.signed("POST", executions("demo-slow"));
      expect([(await start()).status, (await start()).status]).toEqual([200, 200]);
      const throttled = await start();
      expect([throttled.status, throttled.json.error_code]).toEqual([429, "APIGW.0308"]);
      expect(throttled.headers.get("retry-after")).toBe("2");
      expect((await client.signed("GET", executions("demo-slow"))).status).toBe(200);
      await client.advance(2000);
      expect([(await start()).status, (await start()).status]).toEqual([200, 429]);
      await client.advance(3_600_000);
      expect([(await start()).status, (await start()).status, (await start()).status]).toEqual([
        200, 200, 429,
      ]);
    });
  });

  test("allow twenty requests at once by default, in IAM too", async () => {
    await withEmulator({ enforceLimits: true }, async (client) => {
      await client.freeze();
      for (let request = 0; request < 20; request++) {
        expect((await client.signed("GET", "/v3/projects")).status).toBe(200);
      }
      const throttled = await client.signed("GET", "/v3/projects");
      expect([throttled.status, throttled.json.error.code]).toEqual([429, 429]);
    });
  });
});

describe("a data folder", () => {
  const script = {
    nodes: [{ id: "a", durationMs: 100 }],
    runs: [{ status: "fail" }, { status: "timeout" }, {}],
  };

  test("keeps executions, scripted workflows, their count of runs and the clock", async () => {
    const data = join(folder, "data");
    const [first, demo] = await withEmulator({ data }, async (client) => {
      await client.control("PUT", "/workflows/mine", script);
      const ids = [await client.execute("mine"), await client.execute("demo-slow")];
      await client.signed("POST", `${executions("demo-slow")}/${ids[1]!}/terminate`);
      await client.advance(3_600_000);
      return ids as [string, string];
    });
    await withEmulator({ data }, async (client) => {
      expect((await client.control("GET", "/clock")).json.now).toBeGreaterThan(Date.now() + 3_500_000);
      expect((await client.detail("mine", first)).json.status).toBe("fail");
      expect((await client.detail("demo-slow", demo)).json.status).toBe("cancel");
      const second = await client.execute("mine");
      await client.advance(100);
      expect((await client.detail("mine", second)).json.status).toBe("timeout");
      expect(
        (await client.signed("GET", executions("mine"))).json.map((item: Json) => item.execution_id),
      ).toEqual([second, first]);
    });
    expect(readdirSync(join(data, "executions")).filter((name) => !name.endsWith(".json"))).toEqual([]);
  });

  test.each(["aom", "functiongraph", "cloudflow"])("keeps what an execution of %s plays", async (service) => {
    const nodes = [
      { id: "a", durationMs: 100, status: "fail", ignoreError: true },
      { id: "b", durationMs: 100, output: { done: true } },
    ];
    const list = async (client: EmulatorClient): Promise<Json> =>
      (await client.control("GET", "/executions?workflowId=mine")).json.executions;
    const halfWay = await withEmulator({ data: folder }, async (client) => {
      await client.freeze();
      await client.control("PUT", "/workflows/mine", { service, nodes });
      await client.control("POST", "/executions", { service, workflowId: "mine" });
      await client.advance(150);
      // The execution goes on as it has begun.
      await client.control("PUT", "/workflows/mine", { service, nodes: [{ id: "other", durationMs: 1 }] });
      return list(client);
    });
    await withEmulator({ data: folder }, async (client) => {
      expect(await list(client)).toEqual(halfWay);
      await client.advance(50);
      const [{ nodes: ended, endedAt, startedAt }] = await list(client);
      expect(ended.map(({ id, status }: Json) => [id, status])).toEqual([
        ["a", "fail"],
        ["b", "success"],
      ]);
      expect(endedAt - startedAt).toBe(200);
    });
  });

  test("does not count the runs of an earlier script", async () => {
    await withEmulator({ data: folder }, async (client) => {
      await client.control("PUT", "/workflows/mine", script);
      await client.execute("mine");
      await client.execute("mine");
      await client.advance(1000);
      await client.control("PUT", "/workflows/mine", script);
    });
    await withEmulator({ data: folder }, async (client) => {
      const id = await client.execute("mine");
      await client.advance(100);
      expect((await client.detail("mine", id)).json.status).toBe("fail");
    });
  });

  test("forgets what was purged, and everything on reset", async () => {
    await withEmulator({ data: folder }, async (client) => {
      await client.execute("demo-slow");
      await client.control("DELETE", `/executions/${await client.execute("demo-slow")}`);
      await client.control("PUT", "/workflows/mine", script);
    });
    await withEmulator({ data: folder }, async (client) => {
      expect((await client.control("GET", "/executions")).json.executions).toHaveLength(1);
      await client.control("POST", "/reset");
    });
    await withEmulator({ data: folder }, async (client) => {
      expect((await client.control("GET", "/executions")).json.executions).toEqual([]);
      expect((await client.signed("POST", executions("mine"))).status).toBe(404);
    });
  });

  test("is refused with the name of a damaged file", async () => {
    await withEmulator({ data: folder }, (client) => client.execute("demo-slow"));
    writeFileSync(join(folder, "executions", "broken.json"), '{"id":');
    await expect(startEmulator({ data: folder })).rejects.toThrow("broken.json is damaged");
    writeFileSync(join(folder, "executions", "broken.json"), '{"id":"says-not-what-it-plays"}');
    await expect(startEmulator({ data: folder })).rejects.toThrow("or kept by another version");
    rmSync(join(folder, "executions", "broken.json"));
    await withEmulator({ data: folder }, async (client) => {
      expect((await client.control("GET", "/executions")).json.executions).toHaveLength(1);
    });
  });

  test("is one emulator's at a time: another one is refused with the folder's name, by whichever path", async () => {
    const link = join(folder, "link");
    const data = join(folder, "data");
    mkdirSync(data);
    symlinkSync(data, link);
    await withEmulator({ data }, async (client) => {
      const id = await client.execute("demo-slow");
      for (const path of [data, link]) {
        await expect(startEmulator({ data: path })).rejects.toThrow(
          `${path} is in use by process ${String(process.pid)} on ${hostname()}: stop that emulator, or use another folder. ` +
            `If no emulator is running there, delete ${join(path, "emulator.lock")}`,
        );
      }
      expect((await client.detail("demo-slow", id)).status).toBe(200);
    });
    await withEmulator({ data: link }, async (client) => {
      expect((await client.control("GET", "/executions")).json.executions).toHaveLength(1);
    });
    expect(readdirSync(data).sort()).toEqual(["executions", "workflows"]);
  });

  test("is not written to any more when the lock is gone: another emulator may have the folder", async () => {
    const complaint = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    // Only the timer by which the lock is looked after.
    jest.useFakeTimers({ doNotFake: timersButTimeout });
    try {
      await withEmulator({ data: folder }, async (client) => {
        await client.execute("demo-slow");
        rmSync(join(folder, "emulator.lock"), { recursive: true });
        jest.advanceTimersByTime(10_000);
        while (complaint.mock.calls.length === 0) await new Promise(setImmediate);
        expect(complaint.mock.calls[0]![0]).toContain(`the lock of ${folder} is gone`);
        await client.execute("demo-slow");
        expect((await client.control("GET", "/executions")).json.executions).toHaveLength(2);
      });
    } finally {
      jest.useRealTimers();
      complaint.mockRestore();
    }
    expect(readdirSync(join(folder, "executions"))).toHaveLength(1);
  });
});

test("two emulators do not know each other", async () => {
  await withEmulator({}, async (one) => {
    await withEmulator({}, async (other) => {
      await one.execute("demo-slow");
      expect((await other.control("GET", "/executions")).json.executions).toEqual([]);
      expect(one.url).not.toBe(other.url);
      expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    });
  });
  expect(testProject).toHaveLength(32);
});
