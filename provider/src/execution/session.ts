/**
 * The session in which a process talks to the services with one set of settings: connections, tokens and caches.
 */
import { randomUUID } from "node:crypto";
import { withAlarms } from "../ground/alarms";
import type { Clock } from "../ground/clock";
import { systemClock } from "../ground/clock";
import { ConfigurationError } from "../ground/errors";
import { version } from "../ground/version";
import type { Fetch } from "../http/httpClient";
import { HttpClient, NotSentError } from "../http/httpClient";
import { proxiesOf } from "../http/proxies";
import { CredentialsInUse, rememberingSecrets } from "./credentialsInUse";
import type { Arguments } from "./argument";
import type { Backend, BackendContext, BackendDefinition } from "./service";
import type { Settings } from "./settings";

/** One process talking to the services with one set of settings: it owns connections, tokens and caches. */
export interface Session {
  readonly settings: Settings;
  /** The secrets of all credentials that were read or obtained so far: nothing that is shown or stored may hold one. */
  readonly credentials: CredentialsInUse;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** A new UUID. */
  readonly uuid: () => string;
  /** One object per key for the life of the session: what all resources of a workflow share. */
  shared<T>(key: string, make: () => T): T;
  /**
   * The place of executions as the settings tell, or else the vendor; empty if the settings are wrong.
   * @param stored an execution as it is stored.
   * @param args the program's present arguments.
   */
  findPlace(
    definition: BackendDefinition,
    stored: Arguments,
    args: Arguments,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>>;
  /** Opens a service for a workflow. */
  connect<Service extends Backend>(
    definition: BackendDefinition<Service>,
    args: Arguments,
    signal: AbortSignal,
  ): Promise<Service>;
}

/** The parts of a session that come from outside; tests pass their own. */
export interface SessionOptions {
  readonly settings: Settings;
  /** @default node-fetch, loaded at the first request */
  readonly fetch?: Fetch;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default random ones */
  readonly uuid?: () => string;
}

/** Opens a session. Makes no request. */
export function openSession(options: SessionOptions): Session {
  const clock = withAlarms(options.clock ?? systemClock);
  const random = options.random ?? Math.random;
  const uuid = options.uuid ?? randomUUID;
  const credentials = new CredentialsInUse();
  const cache = new Map<string, unknown>();
  const http = new HttpClient({
    fetch: options.fetch ?? nodeFetch,
    clock,
    random,
    userAgent: `pulumi-runbook/${version}`,
    proxyFor: proxiesOf(options.settings.environment, (...secrets) => {
      credentials.add(...secrets);
    }),
  });
  const shared = <T>(key: string, make: () => T): T => {
    if (!cache.has(key)) cache.set(key, make());
    return cache.get(key) as T;
  };
  const settings = rememberingSecrets(options.settings, credentials);
  const context: BackendContext = {
    http,
    clock,
    settings,
    credentials,
    uuid,
    shared,
  };
  const contextOf = (definition: BackendDefinition): BackendContext => {
    const transport = shared(`transport:${definition.service}`, () => definition.transport(settings));
    credentials.add(transport.tls?.key);
    return { ...context, http: http.over(transport) };
  };
  return {
    settings,
    credentials,
    clock,
    random,
    uuid,
    shared,
    findPlace: async (definition, stored, args, signal) => {
      try {
        // Once for all resources: it reads profiles and every setting that tells an account.
        const configured = shared(`place:${definition.service}`, () => definition.place?.(settings) ?? {});
        const asked = await definition.askPlace?.(stored, args, contextOf(definition), signal);
        return { ...asked, ...configured };
      } catch (error) {
        // Reported by check, and when the service is opened.
        if (error instanceof ConfigurationError) return {};
        throw error;
      }
    },
    connect: async (definition, args, signal) => definition.connect(args, contextOf(definition), signal),
  };
}

// Loaded late: a process that only checks and compares (every preview) never needs it.
const nodeFetch: Fetch = async (url, init) => {
  const { default: fetch } = await import("node-fetch");
  // With a signal that has aborted it would leave an error uncaught, which ends the process.
  if (init.signal?.aborted) throw new NotSentError("interrupted before it was sent");
  return fetch(url, init);
};
