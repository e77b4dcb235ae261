/** Matches a request's method and path against patterns such as `/v1/{project_id}/cms/workflow`. */

/** A pattern that requests are matched against. */
export interface Route {
  readonly method: string;
  /** Path with `{name}` placeholders, each standing for one segment. */
  readonly path: string;
}

/** A route that fits a request. */
export interface RouteMatch<R extends Route> {
  readonly route: R;
  /** Percent-decoded segments by placeholder name. */
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled<R extends Route> {
  readonly route: R;
  readonly segments: readonly string[];
}

/** A fixed set of routes. */
export class RouteTable<R extends Route> {
  readonly #compiled: readonly Compiled<R>[];

  constructor(routes: readonly R[]) {
    this.#compiled = routes.map((route) => ({ route, segments: route.path.split("/") }));
  }

  /** `undefined` when no route fits; a malformed percent-encoding fits none. */
  match(method: string, path: string): RouteMatch<R> | undefined {
    const segments = path.split("/");
    for (const { route, segments: pattern } of this.#compiled) {
      if (route.method !== method || pattern.length !== segments.length) continue;
      const params = capture(pattern, segments);
      if (params) return { route, params };
    }
    return undefined;
  }

  /** Every route as `METHOD /path`. */
  names(): string[] {
    return this.#compiled.map(({ route }) => `${route.method} ${route.path}`);
  }
}

function capture(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? "";
    if (!expected.startsWith("{")) {
      if (expected !== actual) return undefined;
      continue;
    }
    const decoded = decodeSegment(actual);
    if (decoded === undefined) return undefined;
    params[expected.slice(1, -1)] = decoded;
  }
  return params;
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
