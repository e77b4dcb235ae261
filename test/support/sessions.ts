/**
 * Sessions and backends for tests: real HTTP, settings from the test, a clock that does not sleep.
 */
import { randomUUID } from "node:crypto";
import type { Arguments } from "../../provider/src/execution/argument";
import type { Backend, ExecutionFilter } from "../../provider/src/execution/service";
import type { ExecutionSummary } from "../../provider/src/execution/snapshot";
import { stackSettingWords } from "../../provider/src/fronts/shared/settingWords";
import type { Session, SessionOptions, SettingWords, Settings } from "../../provider/src/lifecycle";
import { openSession } from "../../provider/src/lifecycle";
import { services } from "../../provider/src/services/registry";
import { fakeClock } from "./fakeClock";

/** Project id of the emulator's demo account. */
export const demoProjectId = "0123456789abcdef0123456789abcdef";

/** The id of the emulator's demo account, which Huawei Cloud calls domain. */
export const demoAccountId = "df69d22bdffbed9b544caefe8989f3f5";

/** Settings from plain maps, named as in a stack's configuration unless other words are given. */
export function settingsOf(
  sources: {
    config?: Record<string, string>;
    environment?: Record<string, string>;
    files?: Record<string, string>;
  },
  words: SettingWords = stackSettingWords,
): Settings {
  return {
    config: (key) => sources.config?.[key],
    environment: (name) => sources.environment?.[name],
    readFile: (path) => sources.files?.[path],
    words,
  };
}

/** Settings with a token, as if it had been obtained elsewhere. */
export const tokenSettings = settingsOf({ config: { "huaweicloud:token": "token-of-a-test" } });

/** A session that does not sleep. */
export function testSession(
  settings: Settings = tokenSettings,
  options: Partial<SessionOptions> = {},
): Session {
  return openSession({ settings, clock: fakeClock(), random: () => 0.5, ...options });
}

/** An AOM backend at an endpoint. */
export function aomAt(endpoint: string, session = testSession(), args: Arguments = {}): Promise<Backend> {
  return session.connect(
    services.aom,
    { endpoint, region: "cn-north-4", projectId: demoProjectId, workflowId: "wf-1", ...args },
    new AbortController().signal,
  );
}

/** A signal that never aborts. */
export const never = new AbortController().signal;

/** All items of an async iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Starts an execution under a name that no other start has; gives its id. */
export async function startOn(backend: Backend): Promise<string> {
  return (await backend.start({ runName: `test-${randomUUID()}`, signal: never })).executionId;
}

/** All executions that a backend lists, page by page. */
export async function* listed(
  backend: Backend,
  filter: ExecutionFilter = {},
): AsyncIterable<ExecutionSummary> {
  let token: string | undefined;
  do {
    const page = await backend.listPage(filter, { limit: 50, token }, never);
    yield* page.executions;
    token = page.nextToken;
  } while (token !== undefined);
}

/** {@link listed}, collected. */
export function listAll(backend: Backend, filter: ExecutionFilter = {}): Promise<ExecutionSummary[]> {
  return collect(listed(backend, filter));
}
