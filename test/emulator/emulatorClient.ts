/**
 * A small client for the emulator's tests: signs, logs in, and speaks the control API.
 */
import { createHash, createHmac } from "node:crypto";

export const testProject = "0123456789abcdef0123456789abcdef";

/** An access key to sign with. */
export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

export const demoKeyPair: Keys = {
  accessKey: "EMULATORACCESSKEY0001",
  secretKey: "emulator-secret-key-0001",
};
export const temporaryKeys: Keys = {
  accessKey: "EMULATORTEMPORARY0001",
  secretKey: "emulator-temporary-secret-0001",
  securityToken: "emulator-security-token-0001",
};

/** Unknown JSON; tests compare it with their expectation. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` when it is none. */
  readonly json: Json;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly keys?: Keys;
  /** Time of the signature. */
  readonly date?: Date;
  /** Changes headers after they have been signed. */
  readonly tamper?: (headers: Record<string, string>) => void;
}

const sha256 = (data: string): string => createHash("sha256").update(data).digest("hex");
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The `Authorization` header for a request; signs every header given. */
export function authorization(
  keys: Keys,
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
): string {
  const names = Object.keys(headers).sort();
  const path = url.pathname
    .split("/")
    .map((segment) => encode(decodeURIComponent(segment)))
    .join("/");
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const canonical = [
    method,
    path.endsWith("/") ? path : `${path}/`,
    query,
    names.map((name) => `${name}:${headers[name]!.trim()}\n`).join(""),
    names.join(";"),
    headers["x-sdk-content-sha256"] ?? sha256(body),
  ].join("\n");
  const toSign = `SDK-HMAC-SHA256\n${headers["x-sdk-date"]!}\n${sha256(canonical)}`;
  const signature = createHmac("sha256", keys.secretKey).update(toSign).digest("hex");
  return `SDK-HMAC-SHA256 Access=${keys.accessKey}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
}

export class EmulatorClient {
  /** @param url address of the emulator */
  constructor(public url: string) {}

  /** A request signed with AK/SK. `path` begins with `/`. */
  async signed(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { keys = demoKeyPair, date = new Date() } = options;
    const url = new URL(this.url + path);
    const body = options.body === undefined ? "" : bodyText(options.body);
    const headers: Record<string, string> = {
      "content-type": "application/json",
      host: url.host,
      "x-project-id": testProject,
      "x-sdk-date": date.toISOString().replace(/[-:]|\.\d+/g, ""),
      ...(keys.securityToken === undefined ? {} : { "x-security-token": keys.securityToken }),
      ...options.headers,
    };
    headers["authorization"] = authorization(keys, method, url, headers, body);
    options.tamper?.(headers);
    return this.plain(method, path, { ...options, headers });
  }

  /** A request with these headers and no others. */
  async plain(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const headers = { ...options.headers };
    delete headers["host"];
    const response = await fetch(this.url + path, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: bodyText(options.body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parseJson(text) };
  }

  async control(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.plain(method, `/_emulator${path}`, body === undefined ? {} : { body });
  }

  /** Logs in with a password; the answer's token is in `x-subject-token`. */
  async login(
    changes: { password?: string; user?: string; domain?: string; project?: string } = {},
  ): Promise<Answer> {
    const { password = "demo-password-1", user = "demo", domain = "demo", project = "cn-north-4" } = changes;
    return this.plain("POST", "/v3/auth/tokens", {
      headers: { "content-type": "application/json;charset=utf8" },
      body: {
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: user, password, domain: { name: domain } } },
          },
          scope: { project: { name: project } },
        },
      },
    });
  }

  /** Starts the workflow and returns the execution's id. */
  async execute(workflowId: string): Promise<string> {
    const answer = await this.signed("POST", executions(workflowId));
    if (answer.status !== 200) throw new Error(`execute: ${String(answer.status)} ${answer.text}`);
    return answer.json.execution_id as string;
  }

  async detail(workflowId: string, executionId: string): Promise<Answer> {
    return this.signed("GET", `${executions(workflowId)}/${executionId}/status`);
  }

  /** Waits until the emulator has taken up so many requests of an operation that have no answer yet. */
  async handling(operation: string, count = 1): Promise<void> {
    for (;;) {
      const { requests } = (await this.control("GET", `/requests?operation=${operation}`)).json;
      if (requests.filter(({ status }: Json) => status === undefined).length >= count) return;
    }
  }

  async advance(ms: number): Promise<void> {
    await this.control("POST", "/clock", { advanceMs: ms });
  }

  /** Stops the clock, so that nothing moves but by {@link advance}. */
  async freeze(): Promise<number> {
    return (await this.control("POST", "/clock", { rate: 0 })).json.now as number;
  }
}

/** The path of a workflow's executions. */
export function executions(workflowId: string, project = testProject): string {
  return `/v1/${project}/cms/workflow/${encodeURIComponent(workflowId)}/executions`;
}

const bodyText = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
