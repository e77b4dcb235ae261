/**
 * decisions/: each record has a date and a status, and the index has each record.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "../../decisions");
const files = readdirSync(folder).filter((file) => file !== "README.md");
const index = readFileSync(join(folder, "README.md"), "utf8");

interface DecisionRecord {
  readonly number: string;
  readonly title: string;
  readonly date: string;
  readonly status: string;
}

/** Reads the head of a record: `# 001 Title`, then `Date: 2026-01-31. Status: accepted.` */
function readHead(file: string): DecisionRecord | undefined {
  const text = readFileSync(join(folder, file), "utf8");
  const head = /^# (\d{3}) (.+)\n\nDate: (\d{4}-\d{2}-\d{2})\. Status: (.+)\.\n\n/.exec(text);
  if (head === null) return undefined;
  const [, number, title, date, status] = head as unknown as [string, string, string, string, string];
  return { number, title, date, status };
}

test.each(files)("%s: number, title, date and status", (file) => {
  const head = readHead(file);
  expect(head).toEqual({
    number: file.slice(0, 3),
    title: expect.any(String) as string,
    date: expect.any(String) as string,
    status: expect.stringMatching(
      /^(accepted|superseded by decision \d{3})(; extended by decisions? \d{3}(, \d{3})*( and \d{3})?)?$/,
    ) as string,
  });
  const numbers = files.map((name) => name.slice(0, 3));
  for (const [named] of head!.status.matchAll(/\d{3}/g)) expect(numbers).toContain(named);
});

test("no number is taken twice", () => {
  expect(new Set(files.map((file) => file.slice(0, 3))).size).toBe(files.length);
});

test("the index has a row for each record, in order", () => {
  const rows = index.split("\n").filter((line) => /^\| \d{3} /.test(line));
  const cells = rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim())
      .join(" | "),
  );
  expect(cells).toEqual(
    files.sort().map((file) => {
      const { number, title, date, status } = readHead(file)!;
      return `${number} | [${title}](${file}) | ${date} | ${status}`;
    }),
  );
});
