/**
 * The page at `/` in a real Chromium: what it shows, that it follows the emulator, that hostile names run nothing, and what
 * axe says of it. Needs `chromium` on the PATH, or its path in CHROMIUM_BIN.
 */
import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { ControlClient, startEmulator } from "runbook-emulator";
import type { Emulator } from "runbook-emulator";
import { describeInChromium, keepScreenshot, launchChromium, shortestOpening } from "../support/chromium";

/** The globals that the page's own functions see; the tests are not compiled for a browser. */
interface InPage {
  readonly document: {
    readonly body: { innerHTML: string };
    readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
  };
}

const wide = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
const hostile = {
  id: "<img src=x onerror=hacked()>",
  name: "</textarea><script>hacked()</script>\u202e\u{1f525}",
  log: `<svg onload=hacked()>\n${"long ".repeat(200_000)}`,
};

describeInChromium("the page", () => {
  let browser: Browser;
  let emulator: Emulator;
  let control: ControlClient;
  let page: Page;
  /** Complaints of the page, and requests to anywhere else. */
  let complaints: string[];

  const open = async (options: BrowserContextOptions = {}): Promise<void> => {
    page = await browser.newPage({ viewport: wide, ...options });
    page.setDefaultTimeout(15_000);
    complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${emulator.url}/`) && !url.startsWith("data:")) complaints.push(url);
    });
    await page.goto(emulator.url);
    await page.getByText("Emulated time").waitFor();
  };
  const rows = (list: string) => page.locator(`#${list} > li:visible`);

  beforeAll(async () => {
    emulator = await startEmulator();
    control = new ControlClient(emulator);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await emulator.close();
  });
  beforeEach(async () => {
    await control.reset();
    await control.setClock({ now: "2030-01-01T00:00:00Z" });
  });
  afterEach(() => page.close());

  test("says what is empty, and lists workflows and services", async () => {
    await open();
    expect(await page.locator("#executions-empty").isVisible()).toBe(true);
    expect(await page.locator("#requests-empty").isVisible()).toBe(true);
    const answer = await fetch(`${emulator.url}/_emulator/workflows`);
    const { workflows } = (await answer.json()) as { workflows: unknown[] };
    expect(await rows("workflows").count()).toBe(workflows.length);
    expect(await rows("services").allInnerTexts()).toContainEqual(
      expect.stringContaining("Huawei Cloud AOM workflows"),
    );
    expect(complaints).toEqual([]);
  });

  test("follows an execution; what is open stays open, and the newest is first", async () => {
    await open();
    await control.start("demo-fails");
    await rows("executions").first().waitFor();
    await rows("executions").locator("summary").click();
    const log = rows("executions").locator("pre:visible");
    expect(await log.count()).toBe(0);
    await control.advance(1_500);
    await log.first().waitFor();
    expect(await log.first().innerText()).toContain("Permission denied");
    expect(await rows("executions").locator(".step").allInnerTexts()).toEqual([
      expect.stringContaining("500 ms"),
      expect.stringContaining("1.0 s"),
    ]);
    await control.start("demo-slow");
    await rows("executions").nth(1).waitFor();
    expect(await rows("executions").first().innerText()).toContain("demo-slow");
    expect(await log.first().isVisible()).toBe(true);
    await control.reset();
    await rows("executions").first().waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  test("shows requests, filters, and stops on request", async () => {
    await fetch(`${emulator.url}/v1/nothing`);
    await fetch(`${emulator.url}/v3/auth/tokens`, { method: "POST", body: "{}" });
    await control.start("demo-slow");
    await control.start("demo-fails");
    await open();
    expect(await rows("requests").count()).toBe(2);
    expect(await rows("requests").first().innerText()).toContain("iam:KeystoneCreateUserTokenByPassword");
    await page.getByLabel("Filter").fill("DEMO-SLOW");
    expect(await rows("executions").count()).toBe(1);
    expect(await page.locator("#executions-count").innerText()).toBe("1 of 2");
    expect(await rows("requests").count()).toBe(0);
    await page.getByLabel("Filter").fill("");
    const pause = page.getByRole("button", { name: "Pause updates" });
    await pause.click();
    await control.start("demo-succeeds");
    await page.waitForTimeout(2_500);
    expect(await rows("executions").count()).toBe(2);
    await pause.click();
    await rows("executions").nth(2).waitFor();
  });

  test("hostile names, texts and sizes are shown as text; nothing runs", async () => {
    await control.workflow(hostile.id, {
      name: hostile.name,
      nodes: [{ id: hostile.id, name: hostile.name, durationMs: 1, status: "fail", log: hostile.log }],
    });
    await control.start(hostile.id, { startedBy: "<b onclick=hacked()>" });
    await control.advance(1);
    await fetch(`${emulator.url}/<script>hacked()</script>?x="><img src=x onerror=hacked()>`);
    await open();
    await rows("executions").locator("summary").click();
    expect(await rows("executions").innerText()).toContain(hostile.id);
    expect(await rows("executions").locator("pre:visible").innerText()).toContain("<svg onload=hacked()>");
    expect(await rows("workflows").allInnerTexts()).toContainEqual(expect.stringContaining("</textarea>"));
    const made = page.locator("main img, main script, main svg, main textarea, main b");
    expect(await made.count()).toBe(0);
    // The policy too holds text back from becoming markup.
    const refused = await page.evaluate(() => {
      try {
        (globalThis as unknown as InPage).document.body.innerHTML = "<p>markup</p>";
        return "no";
      } catch (error) {
        return String(error);
      }
    });
    expect(refused).toContain("TrustedHTML");
    expect(complaints.filter((text) => !text.includes("TrustedHTML"))).toEqual([]);
  });

  test("1,000 executions are shown in less than two seconds", async () => {
    for (let count = 0; count < 1_000; count += 1) await control.start("demo-fails");
    await control.advance(2_000);
    await open();
    const openAll = async (): Promise<void> => {
      await page.close();
      await open();
      expect(await rows("executions").count()).toBe(200);
    };
    expect(await shortestOpening(openAll, 2_000)).toBeLessThan(2_000);
    expect(await page.locator("#executions-count").innerText()).toBe("200 of 1000");
  });

  test("says that the emulator does not answer, and goes on when it is back", async () => {
    const other = await startEmulator();
    const { port } = new URL(other.url);
    page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(other.url);
    await page.getByText("Emulated time").waitFor();
    await other.close();
    await page.getByText("The emulator does not answer").waitFor();
    const again = await startEmulator({ port: Number(port) });
    try {
      await page.getByText("The emulator does not answer").waitFor({ state: "hidden" });
    } finally {
      await again.close();
    }
  });

  describe.each([
    ["wide", wide],
    ["phone", phone],
  ])("%s", (size, viewport) => {
    test.each(["light", "dark"] as const)(
      "%s: axe finds nothing, and nothing is cut off",
      async (colorScheme) => {
        await control.workflow(hostile.id, {
          name: hostile.name,
          nodes: [{ id: "a", name: hostile.name, durationMs: 400, status: "fail", log: "x".repeat(500) }],
        });
        for (const id of ["demo-succeeds", "demo-fails", hostile.id]) await control.start(id);
        await control.advance(5_000);
        await control.start("demo-slow");
        await control.advance(5_000);
        await control.fail({ action: "status", status: 503, operation: "iam:*", count: null });
        await fetch(`${emulator.url}/v3/auth/tokens`, { method: "POST", body: "{}" });
        await fetch(`${emulator.url}/v1/${"long".repeat(50)}`);
        // The policy would keep axe out too.
        await open({ viewport, colorScheme, bypassCSP: true });
        for (const summary of await page.locator("summary").all()) await summary.click();
        await keepScreenshot(page, `${size}-${colorScheme}`);
        await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
          const { violations: found } = await axe.run();
          return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        });
        expect(violations).toEqual([]);
        const overflow = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = (globalThis as unknown as InPage).document.documentElement;
          return scrollWidth - clientWidth;
        });
        expect(overflow).toBe(0);
      },
    );
  });
});
