/**
 * A service that gives a test's answers, on the wire of each of ours: for answers that no emulator gives. No sockets:
 * the session fetches from it directly, and time is simulated, so that a day of waiting takes none.
 */
import type { Arguments, LifecycleHost } from "../../provider/src/lifecycle";
import type { ServiceName } from "../../provider/src/services/registry";
import { RunRegister, openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import type { Fetch } from "../../provider/src/http/httpClient";
import type { Asked, HostileRequest } from "./hostileWires";
import { wires } from "./hostileWires";
import type { RecordingReporter } from "./lifecycleHosts";
import { recordingReporter } from "./lifecycleHosts";
import { demoProjectId, never, settingsOf } from "./sessions";
import { simulatedClock } from "./simulatedClock";

/** An answer to one request. */
export interface HostileAnswer {
  /** @default 200 */
  readonly status?: number;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Never answers. */
  readonly hang?: boolean;
}

/** AOM's list of workflows with this workflow: the list of its executions covers it. */
export const workflowList = (id: string): unknown => ({
  elements: [{ id, enterprise_project_id: "0" }],
  total_elements: 1,
});

/** The answers to give: a body as JSON, or an answer of another kind; undefined for the answer of a healthy service. */
export type Answers = Partial<
  Record<Asked, (request: HostileRequest, count: number) => HostileAnswer | undefined>
>;

/** An answer in JSON. */
export const json = (value: unknown): HostileAnswer => ({ body: JSON.stringify(value) });

/** Refuses for a day. */
export const comeBackTomorrow: HostileAnswer = { status: 429, headers: { "retry-after": "86400" } };

/** A login page. */
export const loginPage: HostileAnswer = { body: "<!DOCTYPE html><html><title>Log in</title></html>" };

/** A hostile service, and a deployment that has to do with it. */
export interface Hostile {
  readonly args: Arguments;
  readonly host: LifecycleHost & { readonly reporter: RecordingReporter };
  /** Lets time pass until the work is done. */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
  /** Number of requests of this kind. */
  readonly count: (asked: Asked) => number;
  /** Time that has passed, in seconds. */
  readonly seconds: () => number;
}

/** The id of the execution that a healthy service starts, unless the start names it. */
export const hostileId = "ex-1";

/** Opens a service; an answer that `answers` leaves out is as it should be: one start, which runs for ever. */
export function hostile(
  service: ServiceName,
  answers: Answers,
  {
    signal = never,
    config: more = {},
  }: { readonly signal?: AbortSignal; readonly config?: Readonly<Record<string, string>> } = {},
): Hostile {
  const wire = wires[service];
  const clock = simulatedClock();
  const counts: Partial<Record<Asked, number>> = {};
  let id = hostileId;
  const healthy: Readonly<Record<Asked, () => unknown>> = {
    start: () => wire.started(id),
    look: () => wire.looked(id, "running"),
    list: () => wire.listed([]),
    history: () => wire.history ?? { Events: [] },
    stop: () => ({}),
    login: () => ({}),
  };
  const answer = (request: HostileRequest): HostileAnswer => {
    if (request.url.pathname.endsWith("/cms/workflow-list")) return json(workflowList("wf"));
    const asked = wire.asked(request);
    const count = (counts[asked] = (counts[asked] ?? 0) + 1);
    if (asked === "start") id = wire.named(request) ?? hostileId;
    return answers[asked]?.(request, count) ?? json(healthy[asked]());
  };
  const config = {
    "huaweicloud:token": "token-of-a-test",
    "huaweicloud:region": "cn-north-4",
    "huaweicloud:projectId": demoProjectId,
    "alicloud:accessKey": "AKEXAMPLE",
    "alicloud:secretKey": "example-secret",
    "alicloud:region": "cn-hangzhou",
    "aws:accessKey": "AKEXAMPLE",
    "aws:secretKey": "example-secret",
    ...more,
  };
  // As in a stack's configuration, an empty setting is not set.
  const set = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ""));
  const startMs = clock.now();
  const fetch = fetchFrom(answer);
  return {
    args: wire.args,
    host: {
      definition: services[service],
      session: openSession({ settings: settingsOf({ config: set }), clock, fetch, random: () => 0.5 }),
      reporter: recordingReporter(),
      signal,
      urn: "urn:pulumi:test::test::type::execution",
      // A lock of the machine takes real time.
      register: new RunRegister({ clock, lock: (_workflow, work) => work(() => true) }),
      secretArguments: [],
    },
    run: (work) => clock.run(work),
    count: (asked) => counts[asked] ?? 0,
    seconds: () => (clock.now() - startMs) / 1_000,
  };
}

// As node-fetch does it, as far as our client can tell.
function fetchFrom(answer: (request: HostileRequest) => HostileAnswer): Fetch {
  return async (url, { method, headers, body, size, signal }) => {
    const {
      status = 200,
      headers: given = {},
      body: text = "",
      hang,
    } = answer({
      method: String(method),
      url: new URL(url),
      headers: headers as Record<string, string>,
      body: typeof body === "string" ? body : "",
    });
    if (hang) {
      await new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          reject(new Error("aborted"));
        });
      });
    }
    const read = async (): Promise<string> => {
      if (text.length > (size ?? Infinity)) {
        throw Object.assign(new Error(`content size at ${url} over limit`), { type: "max-size" });
      }
      return text;
    };
    return { status, headers: { get: (name) => given[name.toLowerCase()] ?? null }, text: read };
  };
}
