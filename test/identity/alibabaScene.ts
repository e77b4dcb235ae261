/**
 * A scene for tests of the caller on Alibaba Cloud, and of the place: an emulator with accounts and roles, whose
 * metadata service stands at the address of the cloud's own, and a record of the requests.
 */
import type { Emulator } from "runbook-emulator";
import { startEmulator } from "runbook-emulator";
import { metadataEndpoint } from "../../provider/src/services/alibaba/metadata";
import { NotFoundError } from "../../provider/src/ground/errors";
import type { Fetch } from "../../provider/src/http/httpClient";
import type { Session, SessionOptions, Settings } from "../../provider/src/lifecycle";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { acmeSeed } from "../emulator/acme";
import type { Json } from "../emulator/emulatorClient";
import { control } from "../support/emulators";
import { listAll, never, settingsOf } from "../support/sessions";

/** Settings by where they are. */
export interface Sources {
  readonly config?: Record<string, string>;
  readonly environment?: Record<string, string>;
  readonly files?: Record<string, string>;
}

/** A request as it left. */
export interface SentRequest {
  readonly url: string;
  /** Name of the operation, or the path where there is none. */
  readonly operation: string;
  readonly body: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** The scene; empty until the first test. */
export interface Scene {
  readonly url: string;
  /** Everything that was sent since the test began. */
  readonly sent: SentRequest[];
  control(method: string, path: string, body?: unknown): Promise<Json>;
  /** The settings with the emulator as CloudFlow and STS, unless they say otherwise. */
  settings(sources: Sources): Settings;
  session(sources: Sources, options?: Partial<SessionOptions>): Session;
  /** Lists a flow's executions with these settings; fails as that does. */
  list(sources: Sources, args?: Record<string, unknown>): Promise<unknown>;
  /** {@link Scene.list}, and the caller by the emulator's record. */
  actor(sources: Sources): Promise<string>;
}

/** Starts the emulator before the first test, and puts it back before each. */
export function useScene(): Scene {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ seed: acmeSeed });
  });
  afterAll(() => emulator.close());
  beforeEach(async () => {
    scene.sent.length = 0;
    await control(emulator, "POST", "/reset");
  });

  const fetch: Fetch = async (url, init) => {
    const headers = init.headers as Record<string, string>;
    const body = new URLSearchParams(typeof init.body === "string" ? init.body : "");
    const { searchParams, pathname } = new URL(url);
    const operation = searchParams.get("Action") ?? headers["x-acs-action"] ?? pathname;
    scene.sent.push({ url, operation, body, headers });
    const { default: nodeFetch } = await import("node-fetch");
    return nodeFetch(url.replace(metadataEndpoint, emulator.url), init);
  };

  const scene: Scene = {
    get url() {
      return emulator.url;
    },
    sent: [],
    control: async (method, path, body) => (await control(emulator, method, path, body)) as Json,
    settings: ({ config, environment, files }) =>
      settingsOf({
        config: {
          "alicloud:region": "cn-hangzhou",
          "alicloud:endpoints": JSON.stringify({ fnf: emulator.url, sts: emulator.url }),
          ...config,
        },
        ...(environment ? { environment } : {}),
        ...(files ? { files } : {}),
      }),
    session: (sources, options = {}) => openSession({ settings: scene.settings(sources), fetch, ...options }),
    list: async (sources, args = {}) => {
      const backend = await scene
        .session(sources)
        .connect(services.cloudflow, { flowName: "flow", ...args }, never);
      return listAll(backend).catch((error: unknown) => {
        // Only acme has the flow. The caller is on record, and had to be admitted to get this answer.
        if (error instanceof NotFoundError) return undefined;
        throw error;
      });
    },
    actor: async (sources) => {
      await scene.list(sources);
      const { requests } = await scene.control("GET", "/requests?operation=ListExecutions");
      const { account, name, session } = requests.at(-1).caller.actor;
      return `${String(account)}/${String(name)}${session === undefined ? "" : ` (${String(session)})`}`;
    },
  };
  return scene;
}

/** A JSON file of the `aliyun` command. */
export function commandFile(current: string, ...profiles: Record<string, unknown>[]): string {
  return JSON.stringify({ current, profiles });
}
