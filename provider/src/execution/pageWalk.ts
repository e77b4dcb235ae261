/**
 * The way through a list of pages, even if the service errs: it ends with the last page, where pages repeat themselves,
 * and where there are too many. Shared by all that read page after page.
 */

/** The limits of a walk. */
export interface PageWalkOptions {
  /** The token of the first page; left out: the beginning of the list. */
  readonly token?: string | undefined;
  /** Pages, in number. */
  readonly maxPages: number;
}

/** The reason why a list was left before its end. */
export type CutShort = "repeats" | "tooLong";

// Executions that start while a list is read push a page's rows onto the next page. More pages than this without
// anything new are not caused by such starts.
const pagesWithoutNews = 3;

/** One way through a list. */
export class PageWalk {
  readonly #maxPages: number;
  readonly #tokens = new Set<string>();
  readonly #rows = new Set<string>();
  #token: string | undefined;
  #pages = 0;
  #withoutNews = 0;
  #cutShort: CutShort | undefined;

  constructor({ token, maxPages }: PageWalkOptions) {
    this.#token = token;
    this.#maxPages = maxPages;
    if (token !== undefined) this.#tokens.add(token);
  }

  /** The token of the next page; undefined for the first page. */
  get token(): string | undefined {
    return this.#token;
  }

  /** The reason why the list goes on after the last page that was read; undefined if the list was read to its end. */
  get cutShort(): CutShort | undefined {
    return this.#cutShort;
  }

  /** The rows of a page that no page before it had. To be called before {@link goOn}, once per page. */
  news<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[] {
    const news = rows.filter((row) => {
      const key = keyOf(row);
      if (this.#rows.has(key)) return false;
      this.#rows.add(key);
      return true;
    });
    // A page without rows says nothing: the service may filter after it has cut its pages.
    if (rows.length > 0) this.#withoutNews = news.length > 0 ? 0 : this.#withoutNews + 1;
    return news;
  }

  /** Notes where the next page begins. True if it is to be read. */
  goOn(nextToken: string | undefined): boolean {
    this.#pages += 1;
    if (nextToken === undefined) return false;
    if (this.#tokens.has(nextToken) || this.#withoutNews >= pagesWithoutNews) this.#cutShort = "repeats";
    else if (this.#pages >= this.#maxPages) this.#cutShort = "tooLong";
    this.#tokens.add(nextToken);
    this.#token = nextToken;
    return this.#cutShort === undefined;
  }

  /** Describes a list that was left before its end; follows a colon. */
  describe(): string {
    return this.#cutShort === "repeats"
      ? `the service repeats the same page (after ${String(this.#pages)} pages)`
      : `it has more than ${String(this.#pages)} pages`;
  }
}
