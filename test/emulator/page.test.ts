/**
 * The page at `/` as its files and its state: the requests that get it, the permissions of a browser, the content of
 * the state. Its look and behaviour are tested in pageBrowser.test.ts.
 */
import { ControlClient, startEmulator } from "runbook-emulator";
import { EmulatorClient, executions, testProject } from "./emulatorClient";
import { useEmulator } from "./useEmulator";

const client = useEmulator(EmulatorClient);
const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

const policyOf = (headers: Headers): Map<string, string> =>
  new Map(
    headers
      .get("content-security-policy")!
      .split("; ")
      .map((rule) => [rule.slice(0, rule.indexOf(" ")), rule.slice(rule.indexOf(" ") + 1)]),
  );

describe("its files", () => {
  test("a browser gets the page; every file that it names is there, and comes from the emulator", async () => {
    const page = await client.plain("GET", "/", { headers: html });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
    const files = links.filter((link) => /\.(?:mjs|css)$/.test(link));
    expect(files).toHaveLength(2);
    const script = await client.plain("GET", "/_emulator/page/page.mjs");
    files.push(
      ...[...script.text.matchAll(/from "\.\/([\w.]+)"/g)].map(([, name]) => `/_emulator/page/${name!}`),
    );
    expect(files).toHaveLength(4);
    for (const file of files) {
      const answer = await client.plain("GET", file);
      expect([file, answer.status, answer.headers.get("x-content-type-options")]).toEqual([
        file,
        200,
        "nosniff",
      ]);
      expect(answer.headers.get("content-type")).toMatch(
        file.endsWith(".css") ? /^text\/css/ : /^text\/javascript/,
      );
    }
    const elsewhere = [page.text, script.text].join("\n").match(/https?:\/\/[^"' )]+/g) ?? [];
    expect(elsewhere).toEqual(["http://www.w3.org/2000/svg"]);
  });

  test("the policy allows scripts and styles of the emulator alone, and no text to become markup", async () => {
    const { headers, text } = await client.plain("GET", "/", { headers: html });
    const policy = policyOf(headers);
    expect(policy.get("default-src")).toBe("'none'");
    for (const rule of ["script-src", "style-src", "connect-src"]) expect(policy.get(rule)).toBe("'self'");
    expect(policy.get("require-trusted-types-for")).toBe("'script'");
    expect(policy.get("frame-ancestors")).toBe("'none'");
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/);
  });

  test.each([
    ["GET", "/", { accept: "*/*" }],
    ["GET", "/", {}],
    ["GET", "/?Action=Nothing", html],
    ["POST", "/", html],
  ])("%s %s with %j is a service's, as before", async (method, path, headers) => {
    const answer = await client.plain(method, path, { headers });
    expect(answer.status).not.toBe(200);
    expect(answer.text).not.toContain("<html");
  });

  test("paths out of its folder are no files", async () => {
    for (const path of ["/_emulator/page/../package.json", "/_emulator/page/%2e%2e%2fpackage.json"]) {
      expect((await client.plain("GET", path)).status).toBe(404);
    }
  });

  test("the metadata address has no page", async () => {
    const emulator = await startEmulator({ metadata: { host: "127.0.0.1", port: 0 } });
    try {
      const answer = await new EmulatorClient(emulator.metadataUrl!).plain("GET", "/", { headers: html });
      expect(answer.status).toBe(404);
    } finally {
      await emulator.close();
    }
  });

  test("a browser may name the page's own origin, which its modules do; the state is for no other page", async () => {
    const headers = { origin: "http://evil.example" };
    expect((await client.plain("GET", "/_emulator/page/page.mjs", { headers })).status).toBe(200);
    expect((await client.plain("GET", "/_emulator/page/state", { headers })).status).toBe(403);
  });
});

describe("its state", () => {
  const board = async (): Promise<ReturnType<typeof JSON.parse>> =>
    (await client.control("GET", "/page/state")).json;

  test("has executions with the time and the log of each step, requests, workflows and services", async () => {
    const now = await client.freeze();
    const id = await client.execute("demo-fails");
    await client.advance(1_500);
    const slow = await client.execute("demo-slow");
    const state = await board();
    expect(state).toMatchObject({ now: now + 1_500, rate: 0 });
    expect(state.services).toContainEqual({ name: "cloudflow", title: "Alibaba Cloud CloudFlow" });
    expect(state.executions.total).toBe(2);
    expect(state.executions.newest).toMatchObject([
      { id: slow, status: "running", tone: "active", endedAt: null, startedBy: "demo/demo" },
      {
        id,
        status: "fail",
        tone: "bad",
        startedAt: now,
        endedAt: now + 1_500,
        steps: [
          { name: "Prepare", tone: "good", beganAt: now, endedAt: now + 500, detail: null },
          {
            name: "Run script",
            tone: "bad",
            beganAt: now + 500,
            endedAt: now + 1_500,
            detail: expect.stringContaining("Permission denied"),
          },
        ],
      },
    ]);
    expect(state.requests.newest).toMatchObject([
      { operation: "aom:ExecuteWorkflow", method: "POST", status: 200, caller: "demo/demo" },
      { path: executions("demo-fails") },
    ]);
    expect(state.workflows.first).toContainEqual(
      expect.objectContaining({ service: "aom", id: "demo-fails", project: testProject, runs: 1 }),
    );
  });

  test.each([
    ["success", "good"],
    ["fail", "bad"],
    ["timeout", "bad"],
    ["cancel", "stopped"],
    ["strange", "bad"],
  ])("the outcome %s is %s on every service", async (status, tone) => {
    const control = new ControlClient(client.url);
    await control.setClock({ rate: 0 });
    for (const service of ["aom", "functiongraph", "cloudflow"] as const) {
      await control.workflow("one", { service, nodes: [{ id: "a", durationMs: 10, status }] });
      await control.start("one", { service });
    }
    await control.advance(10);
    const { newest } = (await board()).executions;
    // A flow of tasks knows success and failure alone.
    const known = (service: string): string =>
      service !== "aom" && tone === "stopped" ? "bad|stopped" : tone;
    expect(newest).toHaveLength(3);
    for (const execution of newest)
      expect(execution.tone).toMatch(new RegExp(`^(?:${known(execution.service)})$`));
  });

  test("is bounded, whatever clients send", async () => {
    const control = new ControlClient(client.url);
    await control.setClock({ rate: 0 });
    await control.workflow("large", {
      nodes: [{ id: "a", durationMs: 1, status: "fail", log: "x".repeat(1_000_000) }],
    });
    for (let count = 0; count < 1_000; count += 1) await control.start("large");
    for (let count = 0; count < 300; count += 1) await client.plain("GET", `/${"y".repeat(2_000)}`);
    await control.advance(1);
    const answer = await client.control("GET", "/page/state");
    expect(answer.json.executions.total).toBe(1_000);
    expect(answer.json.executions.newest).toHaveLength(200);
    expect(answer.json.executions.newest[0].steps[0].detail).toBe(`${"x".repeat(2_000)}…`);
    expect(answer.json.requests).toMatchObject({ total: 300, newest: { length: 200 } });
    expect(answer.text.length).toBeLessThan(1_500_000);
  });

  test("has no secrets", async () => {
    const token = (await client.login()).headers.get("x-subject-token")!;
    await client.plain("GET", "/?SecurityToken=hush&Action=Nothing", { headers: { "x-auth-token": token } });
    const { text } = await client.control("GET", "/page/state");
    for (const secret of [token, "hush", "demo-password-1", "emulator-secret"]) {
      expect(text).not.toContain(secret);
    }
  });
});
