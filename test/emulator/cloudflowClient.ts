/**
 * A small CloudFlow client for the emulator's tests, with both signatures, written apart from the emulator's checkers.
 */
import { createHash, createHmac, randomUUID } from "node:crypto";
import type { Answer, Keys } from "./emulatorClient";
import { demoKeyPair, EmulatorClient } from "./emulatorClient";

/** Options of a request; everything has a default. */
export interface SendOptions {
  readonly keys?: Keys;
  /** @default "rpc" */
  readonly signature?: "rpc" | "acs3";
  /** @default "POST" for the operations that change something, else "GET" */
  readonly method?: "GET" | "POST";
  /** The place of the operation's parameters; a GET always has them in the query. `all` takes the signature along. */
  readonly place?: "query" | "body" | "all";
  readonly date?: Date;
  readonly nonce?: string;
  /** Changes parameters of query or body after they have been signed. */
  readonly tamper?: (parameters: Map<string, string>) => void;
  /** Changes headers after they have been signed. */
  readonly tamperHeaders?: (headers: Record<string, string>) => void;
  /** Common parameters that are different or, with `undefined`, not there. */
  readonly common?: Readonly<Record<string, string | undefined>>;
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

const readingActions = /^(Describe|List|Get)|^UpdateMapRun$/;
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const pairs = (parameters: ReadonlyMap<string, string>): string =>
  [...parameters].map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
const sorted = (parameters: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...parameters].sort(([a], [b]) => (a < b ? -1 : 1)));
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export class CloudFlowClient extends EmulatorClient {
  /** Calls an operation. */
  async call(action: string, values: Values = {}, options: SendOptions = {}): Promise<Answer> {
    const method = options.method ?? (readingActions.test(action) ? "GET" : "POST");
    const given = new Map<string, string>();
    for (const [name, value] of Object.entries(values))
      if (value !== undefined) given.set(name, String(value));
    return options.signature === "acs3"
      ? this.#acs3(action, method, given, options)
      : this.#rpc(action, method, given, options);
  }

  /** The answer's body; throws when the status is not 200. */
  async ok(action: string, values: Values = {}, options: SendOptions = {}): Promise<Answer["json"]> {
    const answer = await this.call(action, values, options);
    if (answer.status !== 200) throw new Error(`${action}: ${String(answer.status)} ${answer.text}`);
    return answer.json;
  }

  /** Status and code of an error. */
  async error(action: string, values: Values = {}, options: SendOptions = {}): Promise<[number, string]> {
    const { status, json } = await this.call(action, values, options);
    return [status, json?.Code as string];
  }

  /** All executions of a flow by as many pages as it takes. */
  async listAll(flow: string, values: Values = {}): Promise<string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.ok("ListExecutions", { FlowName: flow, ...values, NextToken: token });
      names.push(...page.Executions.map(({ Name }: { Name: string }) => Name));
      token = page.NextToken;
    } while (token !== undefined);
    return names;
  }

  async #rpc(
    action: string,
    method: "GET" | "POST",
    given: Map<string, string>,
    options: SendOptions,
  ): Promise<Answer> {
    const { keys = demoKeyPair, date = new Date(), nonce = randomUUID(), place = "body" } = options;
    const common: Record<string, string | undefined> = {
      Action: action,
      Format: "json",
      Version: "2019-03-15",
      Timestamp: date.toISOString().replace(/\.\d+Z$/, "Z"),
      SignatureNonce: nonce,
      SignatureMethod: "HMAC-SHA1",
      SignatureVersion: "1.0",
      AccessKeyId: keys.accessKey,
      SecurityToken: keys.securityToken,
      ...options.common,
    };
    const query = new Map<string, string>();
    for (const [name, value] of Object.entries(common)) if (value !== undefined) query.set(name, value);
    const toSign = `${method}&%2F&${encode(pairs(sorted(new Map([...query, ...given]))))}`;
    query.set("Signature", createHmac("sha1", `${keys.secretKey}&`).update(toSign).digest("base64"));
    if (options.common && "Signature" in options.common) query.delete("Signature");
    const body = new Map<string, string>();
    const target = method === "GET" || place === "query" ? query : body;
    for (const [name, value] of given) target.set(name, value);
    options.tamper?.(query);
    options.tamper?.(body);
    if (place === "all") return this.#form("POST", "/", new Map([...query, ...body]), {});
    return this.#form(method, `/?${pairs(query)}`, body, {});
  }

  async #acs3(
    action: string,
    method: "GET" | "POST",
    given: Map<string, string>,
    options: SendOptions,
  ): Promise<Answer> {
    const { keys = demoKeyPair, date = new Date(), nonce = randomUUID() } = options;
    const inQuery = method === "GET" || options.place === "query";
    const body = inQuery ? "" : pairs(given);
    const headers: Record<string, string> = {
      accept: "application/json",
      host: new URL(this.url).host,
      "x-acs-action": action,
      "x-acs-version": "2019-03-15",
      "x-acs-date": date.toISOString().replace(/\.\d+Z$/, "Z"),
      "x-acs-signature-nonce": nonce,
      "x-acs-content-sha256": sha256(body),
      ...(body === "" ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...(keys.securityToken === undefined
        ? {}
        : { "x-acs-security-token": keys.securityToken, "x-acs-accesskey-id": keys.accessKey }),
    };
    for (const [name, value] of Object.entries(options.common ?? {})) {
      if (value !== undefined) headers[name] = value;
    }
    const names = Object.keys(headers).sort();
    const canonical = [
      method,
      "/",
      inQuery ? pairs(sorted(given)) : "",
      names.map((name) => `${name}:${headers[name]!}\n`).join(""),
      names.join(";"),
      headers["x-acs-content-sha256"],
    ].join("\n");
    const toSign = `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
    const signature = createHmac("sha256", keys.secretKey).update(toSign).digest("hex");
    headers["authorization"] =
      `ACS3-HMAC-SHA256 Credential=${keys.accessKey},SignedHeaders=${names.join(";")},Signature=${signature}`;
    options.tamper?.(given);
    options.tamperHeaders?.(headers);
    const query = inQuery && given.size > 0 ? `/?${pairs(given)}` : "/";
    return this.#form(method, query, inQuery ? new Map() : given, headers);
  }

  async #form(
    method: string,
    path: string,
    body: ReadonlyMap<string, string>,
    headers: Record<string, string>,
  ): Promise<Answer> {
    if (body.size === 0) return this.plain(method, path, { headers });
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return this.plain(method, path, { body: pairs(body), headers: { ...type, ...headers } });
  }
}

/** The text of a state machine with these states, for CreateFlow. */
export function stateMachine(name: string, states: readonly Record<string, unknown>[]): string {
  const StartAt = states[0]?.["Name"];
  return JSON.stringify({ Type: "StateMachine", SpecVersion: "v1", Name: name, StartAt, States: states });
}
