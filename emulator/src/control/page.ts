/** The page at `/`: its files, and the rules that keep names and logs of clients from running there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Call, Reply } from "../http/exchange";

/** Beside the compiled sources: `emulator/page` in both. */
const folder = join(__dirname, "..", "..", "page");

const files: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  "/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/_emulator/page/page.css": { file: "page.css", type: "text/css; charset=utf-8" },
  "/_emulator/page/page.mjs": { file: "page.mjs", type: "text/javascript; charset=utf-8" },
  "/_emulator/page/list.mjs": { file: "list.mjs", type: "text/javascript; charset=utf-8" },
  "/_emulator/page/rows.mjs": { file: "rows.mjs", type: "text/javascript; charset=utf-8" },
};

const headers = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // No text can become markup, not even by a mistake in the page's own script.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  // The next version of the package serves other files under the same address.
  "cache-control": "no-store",
};

/**
 * True if a request is for the page or one of its files. Clients of services that ask for `/` get their service's
 * answer.
 */
export function isForPage({ method, path, rawQuery, headers: { accept = "" } }: Call): boolean {
  if (method !== "GET" || !Object.hasOwn(files, path)) return false;
  return path !== "/" || (rawQuery === "" && accept.includes("text/html"));
}

/**
 * One of the page's files.
 * @throws {Error} when the package is not whole
 */
export function pageFile({ path }: Call): Reply {
  const found = files[path];
  if (!found) throw new Error(`${path} is no file of the page`);
  const body = readFileSync(join(folder, found.file), "utf8");
  return { status: 200, headers: { ...headers, "content-type": found.type }, body };
}
