/** The way through a list of pages: it has an end, whatever the service gives. */
import { PageWalk } from "../../provider/src/execution/pageWalk";

type Page = readonly [rows: readonly string[], nextToken: string | undefined];

/** Walks through the pages; gives the rows that were new, how many pages were read, and why it ended. */
function walk(
  pageOf: (token: string | undefined, index: number) => Page,
  options: { readonly token?: string; readonly maxPages?: number } = {},
): { readonly rows: readonly string[]; readonly pages: number; readonly walk: PageWalk } {
  const way = new PageWalk({ maxPages: 100, ...options });
  const rows: string[] = [];
  let pages = 0;
  let nextToken: string | undefined;
  do {
    const [found, next] = pageOf(way.token, pages);
    pages += 1;
    rows.push(...way.news(found, (row) => row));
    nextToken = next;
  } while (way.goOn(nextToken));
  return { rows, pages, walk: way };
}

test("ends with the last page", () => {
  const seen: (string | undefined)[] = [];
  const result = walk((token, index) => {
    seen.push(token);
    return [[`r${String(index)}`], index < 2 ? `t${String(index)}` : undefined];
  });
  expect(result.rows).toEqual(["r0", "r1", "r2"]);
  expect(seen).toEqual([undefined, "t0", "t1"]);
  expect(result.walk.cutShort).toBeUndefined();
});

test.each<[string, (index: number) => string]>([
  ["the same token", () => "t"],
  ["two tokens in turns", (index) => `t${String(index % 2)}`],
  ["a cycle of ten", (index) => `t${String(index % 10)}`],
])("%s ends it, with what was read", (_what, tokenAt) => {
  const result = walk((_token, index) => [[`r${String(index)}`], tokenAt(index)]);
  expect(result.walk.cutShort).toBe("repeats");
  expect(result.pages).toBeLessThanOrEqual(11);
  expect(result.rows.length).toBe(result.pages);
  expect(result.walk.describe()).toContain("repeats the same page (after");
});

test("the token that it began with counts as one that has been before", () => {
  const result = walk(() => [["r"], "t"], { token: "t" });
  expect([result.pages, result.walk.cutShort]).toEqual([1, "repeats"]);
});

test("the same rows under new tokens end it", () => {
  const result = walk((_token, index) => [["a", "b"], `t${String(index)}`]);
  expect(result.rows).toEqual(["a", "b"]);
  expect(result.pages).toBe(4);
  expect(result.walk.cutShort).toBe("repeats");
});

test("a page that was pushed along by new rows does not end it", () => {
  const pages: Page[] = [
    [["c", "b"], "1"],
    // Two have begun meanwhile.
    [["c", "b"], "2"],
    [["a"], undefined],
  ];
  const result = walk((_token, index) => pages[index]!);
  expect(result.rows).toEqual(["c", "b", "a"]);
  expect(result.walk.cutShort).toBeUndefined();
});

test("pages without rows are gone through, as many as there may be, and no more", () => {
  const last = walk((_token, index) => (index < 50 ? [[], `t${String(index)}`] : [["r"], undefined]));
  expect(last.rows).toEqual(["r"]);
  const endless = walk((_token, index) => [[], `t${String(index)}`]);
  expect([endless.pages, endless.walk.cutShort]).toEqual([100, "tooLong"]);
});

test("new rows for ever end at the bound, and it is said how much was read", () => {
  const result = walk((_token, index) => [[`r${String(index)}`], `t${String(index)}`], { maxPages: 7 });
  expect(result.rows).toHaveLength(7);
  expect(result.walk.cutShort).toBe("tooLong");
  expect(result.walk.describe()).toBe("it has more than 7 pages");
});

test("a list that ends on its last allowed page is whole", () => {
  const result = walk(
    (_token, index) => [[`r${String(index)}`], index < 6 ? `t${String(index)}` : undefined],
    {
      maxPages: 7,
    },
  );
  expect([result.pages, result.walk.cutShort]).toEqual([7, undefined]);
});
