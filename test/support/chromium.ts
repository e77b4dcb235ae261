/**
 * A real Chromium for tests of pages: `CHROMIUM_BIN`, or the first one on the PATH.
 */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { findChromium } from "../../tools/setup/findChromium.cjs";

/** Path of the browser; undefined where the machine has none. */
export const chromiumFile: string | undefined = findChromium(process.env);

/** `describe` where there is a browser; elsewhere the tests are skipped, and their name says why. */
export function describeInChromium(name: string, tests: () => void): void {
  if (chromiumFile === undefined) describe.skip(`${name} (no Chromium: set CHROMIUM_BIN)`, tests);
  else describe(name, tests);
}

/** Keeps a picture of a whole page in the folder `PAGE_SCREENSHOTS`, if that is set. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env["PAGE_SCREENSHOTS"];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Starts the browser. The sandbox is off: the pages are the tests' own, and the sandbox refuses to run as root. */
export function launchChromium(): Promise<Browser> {
  if (chromiumFile === undefined) throw new Error("There is no Chromium on the PATH. Set CHROMIUM_BIN.");
  return chromium.launch({ executablePath: chromiumFile, args: ["--no-sandbox"] });
}

/**
 * The shortest time that an opening takes, in milliseconds: tries until one is within the limit, at most ten times. Other tests
 * run beside this one, and what they take from a single opening says nothing of the page.
 */
export async function shortestOpening(open: () => Promise<void>, limitMs: number): Promise<number> {
  let shortest = Infinity;
  for (let tries = 0; tries < 10 && shortest >= limitMs; tries += 1) {
    const began = performance.now();
    await open();
    shortest = Math.min(shortest, performance.now() - began);
  }
  return shortest;
}
