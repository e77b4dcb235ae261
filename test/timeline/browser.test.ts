/**
 * The page in a real Chromium: it runs nothing, loads nothing, opens fast, can be used by keyboard, and is accessible: light
 * and dark, on a wide screen and on a phone.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { renderPage } from "../../provider/src/timeline/page";
import { readExport } from "../../provider/src/timeline/stackExport";
import { describeInChromium, keepScreenshot, launchChromium, shortestOpening } from "../support/chromium";
import { everyKind, exportOf, failed, succeeded } from "../support/stackExports";

const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const hostile =
  '</textarea></pre></style><script>document.title="run"</script><img src="http://127.0.0.1:9/x" onerror="document.title=\'run\'">' +
  "\u202e مرحبا 👩‍👩‍👧 🚀 <svg onload=alert(1)> javascript:alert(1)";

/** 1,000 executions, a third of them failed; ten logs are lines of a megabyte. */
function hostileStack(): string {
  const longLine = hostile.repeat(8_000).slice(0, 1_048_576);
  const outputsOf = (index: number): Record<string, unknown> => {
    if (index % 3 !== 0) return succeeded(index * 1_000);
    return failed(index * 1_000, index % 100 === 0 ? longLine : hostile.repeat(10), hostile);
  };
  return exportOf(
    Array.from({ length: 1_000 }, (_, index) => ({
      name: index % 7 === 0 ? `run-${String(index)} ${hostile}` : `run-${String(index)}`,
      outputs: { ...outputsOf(index), consoleUrl: "javascript:alert(1)", workflowId: hostile },
    })),
  );
}

describeInChromium("the page in Chromium", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "timeline-"));

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a page from a file, and notes what it says and asks for. */
  async function open(stack: string, options: BrowserContextOptions = {}) {
    const file = join(folder, "timeline.html");
    writeFileSync(file, renderPage(readExport(stack)));
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const seen: string[] = [];
    page.on("console", (message) => seen.push(message.text()));
    page.on("pageerror", (error) => seen.push(error.message));
    page.on("dialog", (dialog) => seen.push(dialog.message()));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) seen.push(request.url());
    });
    const reload = async (): Promise<void> => {
      await page.goto(pathToFileURL(file).href);
      await painted(page);
    };
    await reload();
    return { page, seen, reload, close: () => context.close() };
  }

  test("1,000 executions with hostile names and lines of a megabyte open in less than 2 s, and run and load nothing", async () => {
    const { page, seen, reload, close } = await open(hostileStack());
    expect(seen).toEqual([]);
    expect(await page.title()).toBe("Executions of shop/dev");
    expect(await page.locator("details").count()).toBe(1_000);
    expect(await page.locator("script, img, textarea, [onload], [onerror]").count()).toBe(0);
    expect(await page.locator("a:not([href^='#'])").count()).toBe(0);
    await page.locator("summary").first().click();
    expect(await page.locator("pre").last().textContent()).toContain('<script>document.title="run"</script>');
    expect(await scrolledWidth(page)).toBeLessThanOrEqual(page.viewportSize()!.width);
    expect(await shortestOpening(reload, 2_000)).toBeLessThan(2_000);
    await close();
  });

  test("a script that were in the page would not run", async () => {
    const file = join(folder, "changed.html");
    const script = "<script>document.title = 'run'</script><b style='color: red' onclick='x'>b</b></main>";
    writeFileSync(file, renderPage(readExport(everyKind())).replace("</main>", script));
    const page = await browser.newPage();
    const seen: string[] = [];
    page.on("console", (message) => seen.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    expect(await page.title()).toBe("Executions of shop/dev");
    expect(seen.join("\n")).toMatch(/Content Security Policy/);
    await page.close();
  });

  const screens = { wide: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    test.each(Object.entries(screens))(
      "axe finds nothing on a %s screen, also with all rows open",
      async (size, viewport) => {
        const { page, seen, close } = await open(everyKind(), { colorScheme, viewport });
        expect(await violationsOf(page)).toEqual([]);
        const closed = page.locator("details:not([open]) > summary");
        while ((await closed.count()) > 0) await closed.first().click();
        await keepScreenshot(page, `timeline-${size}-${colorScheme}`);
        expect(await violationsOf(page)).toEqual([]);
        expect(await scrolledWidth(page)).toBeLessThanOrEqual(viewport.width);
        expect(seen).toEqual([]);
        await close();
      },
    );
  });

  test("the scheme of the reader decides the colours", async () => {
    const groundOf = async (colorScheme: "light" | "dark"): Promise<string> => {
      const { page, close } = await open(everyKind(), { colorScheme });
      const ground = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      await close();
      return ground;
    };
    expect([await groundOf("light"), await groundOf("dark")]).toEqual([
      "rgb(255, 255, 255)",
      "rgb(13, 17, 23)",
    ]);
  });

  test("bars are where the times are: a step begins where the one before it ends, and ends with its execution", async () => {
    const { page, close } = await open(
      exportOf([
        { name: "a", outputs: succeeded(0) },
        { name: "b", outputs: succeeded(40_000) },
      ]),
    );
    await page.locator("summary").first().click();
    const boxes = await Promise.all((await page.locator(".bar").all()).map((bar) => bar.boundingBox()));
    const [whole, prepare, patch, next] = boxes.map((box) => ({ start: box!.x, end: box!.x + box!.width }));
    // The frame of a bar is one pixel wide, half of it outside.
    const pairs = [
      [prepare!.start, whole!.start],
      [patch!.start, prepare!.end],
      [patch!.end, whole!.end],
      [next!.start, whole!.end],
    ] as const;
    for (const [one, other] of pairs) expect(Math.abs(one - other)).toBeLessThanOrEqual(1.5);
    expect(whole!.end - whole!.start).toBeGreaterThan(300);
    expect((prepare!.end - prepare!.start) / (whole!.end - whole!.start)).toBeCloseTo(0.25, 1);
    await close();
  });

  test("the keyboard is enough: to a failure, into a row, and to hide those that succeeded", async () => {
    const { page, close } = await open(everyKind());
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    // A key starts what it starts; the page has it a moment later.
    await page.waitForURL(/#execution-2$/);
    await page.locator("#execution-2[open]").waitFor();
    await page.locator("#hide-succeeded").focus();
    await page.keyboard.press("Space");
    await page.locator("#hide-succeeded:checked").waitFor();
    expect(await page.locator("summary:visible .name").allTextContents()).toEqual([
      ...["patch-canary", "migrate-orders", "reindex", "approve", "report", "drain", "odd"],
    ]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#execution-2:not([open])").waitFor();
    await close();
  });
});

/** Waits until what is there has been painted. */
async function painted(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

function scrolledWidth(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth");
}

/** The violations that axe finds, by rule and element. The browser's tools may run scripts where the page may not. */
async function violationsOf(page: Page): Promise<string[]> {
  const results = await page.evaluate<AxeResults>(`${axeSource}; axe.run(document)`);
  expect(results.passes.length).toBeGreaterThan(10);
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
