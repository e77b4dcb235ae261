/**
 * Huawei Cloud as a process meets it, played by the emulator: the emulator answers under the host name of every
 * request, and keeps the requests. So the vendor's own hosts and the metadata service are asked as in the cloud.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import type { Fetch } from "../../provider/src/http/httpClient";
import type { Arguments, Session, Settings } from "../../provider/src/lifecycle";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { acmeSeed } from "../emulator/acme";
import type { EmulatedClock } from "../support/emulatedClock";
import { emulatedClock } from "../support/emulatedClock";
import { control } from "../support/emulators";
import { listAll, never, settingsOf } from "../support/sessions";

/** Settings by their sources. */
export interface Sources {
  readonly config?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A request as it was sent. */
export interface Sent {
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A caller and its request, by the emulator's own record. */
export interface Acting {
  /** E.g. `acme/ann`, `acme/deployer (session)`. */
  readonly who?: string;
  readonly project?: string;
}

/** Names under which the emulator answers. */
const hosts = [
  "169.254.169.254",
  ...["cn-north-4", "cn-east-3"].flatMap((region) =>
    ["myhuaweicloud.com", "cloud.example"].flatMap((site) =>
      ["aom", "functiongraph", "iam", "sts"].map((service) => `${service}.${region}.${site}`),
    ),
  ),
  ...["aom", "fgs", "iam", "sts"].map((service) => `${service}.own.example`),
];

/** Key of the demo account's user `demo`. */
export const demoKeys = { accessKey: "EMULATORACCESSKEY0001", secretKey: "emulator-secret-key-0001" };

/** An emulator that plays the cloud. */
export class HuaweiWorld {
  readonly emulator: Emulator;
  readonly clock: EmulatedClock;
  sent: Sent[] = [];

  private constructor(emulator: Emulator, clock: EmulatedClock) {
    this.emulator = emulator;
    this.clock = clock;
  }

  static async open(): Promise<HuaweiWorld> {
    const emulator = await startEmulator({ seed: acmeSeed, allowedHosts: hosts });
    return new HuaweiWorld(emulator, await emulatedClock(emulator));
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  /** As new: no machine, no request, no token. */
  async reset(): Promise<void> {
    await this.control("POST", "/reset");
    await this.clock.advance(0);
    this.sent = [];
  }

  control(method: string, path: string, body?: unknown): Promise<unknown> {
    return control(this.emulator, method, path, body);
  }

  readonly fetch: Fetch = async (address, { agent: _agent, ...init }) => {
    const url = new URL(address);
    const headers = init.headers as Record<string, string>;
    this.sent.push({ url, headers, body: typeof init.body === "string" ? init.body : "" });
    const { default: send } = await import("node-fetch");
    const target = `${this.emulator.url}${url.pathname}${url.search}`;
    return send(target, { ...init, headers: { ...headers, host: url.host } });
  };

  session(sources: Sources | Settings): Session {
    const settings = "readFile" in sources ? sources : settingsOf(sources);
    return openSession({ settings, clock: this.clock, fetch: this.fetch, random: () => 0.5 });
  }

  /** Lists the executions of a workflow of AOM, and tells in whose name that was asked for. */
  async act(sources: Sources, args: Arguments = {}): Promise<Acting> {
    const session = this.session(sources);
    const backend = await session.connect(services.aom, { workflowId: "job", ...args }, never);
    await listAll(backend);
    return this.actorOf("ListWorkflowExecutions");
  }

  /** In whose name an operation was last asked for. */
  async actorOf(operation: string): Promise<Acting> {
    const { actors } = (await this.control("GET", `/actors?operation=${operation}`)) as {
      actors: (Acting & { readonly project?: string })[];
    };
    const { who, project } = actors.at(-1) ?? {};
    return { ...(who === undefined ? {} : { who }), ...(project === undefined ? {} : { project }) };
  }

  /** A token of the demo account's user, as if somebody else had obtained it. */
  async token(): Promise<string> {
    const user = { name: "demo", password: "demo-password-1", domain: { name: "demo" } };
    const response = await fetch(`${this.emulator.url}/v3/auth/tokens`, {
      method: "POST",
      body: JSON.stringify({
        auth: {
          identity: { methods: ["password"], password: { user } },
          scope: { project: { name: "cn-north-4" } },
        },
      }),
    });
    return response.headers.get("x-subject-token")!;
  }

  /** A token of the identity provider that acme knows. */
  async idToken(expiresInSeconds = 3600): Promise<string> {
    const wanted = { idp: "github", subject: "repo:acme/app", expiresInSeconds };
    return ((await this.control("POST", "/id-tokens", wanted)) as { idToken: string }).idToken;
  }

  /** Puts a machine of acme there. */
  machine(kind: "huaweiEcs" | "huaweiPod", more: object = {}): Promise<unknown> {
    const idp = kind === "huaweiPod" ? { idp: "github" } : {};
    return this.control("PUT", `/machines/${kind}`, { domain: "acme", agency: "machine", ...idp, ...more });
  }

  /** Hosts that were asked, in the order of first appearance. */
  get asked(): string[] {
    return [...new Set(this.sent.map(({ url }) => url.host))];
  }
}
