/** Puts one emulator together: seed, state, vendors, control API, server. The one place that knows the vendors. */
import { AccountDirectory } from "./accounts/directory";
import { IdTokens } from "./accounts/idTokens";
import { Machines } from "./accounts/machines";
import { alibaba } from "./alibaba/vendor";
import { QuirkBook } from "./cloud/quirks";
import type { EmulatorState } from "./cloud/state";
import type { OpenVendor, Vendor } from "./cloud/vendor";
import { controlApi } from "./control/control";
import { DataFolder } from "./executions/dataFolder";
import { ExecutionStore } from "./executions/store";
import { Clock } from "./ground/clock";
import { FaultPlan } from "./http/faults";
import { RequestLog } from "./http/requestLog";
import type { LoggedRequest } from "./http/requestLog";
import { listen } from "./http/server";
import type { RunningServer } from "./http/server";
import type { Service } from "./http/service";
import { TokenBuckets } from "./http/tokenBuckets";
import { huaweiGateway } from "./huawei/gateway";
import { huawei } from "./huawei/vendor";
import type { Seed } from "./seed/document";
import { loadSeed } from "./seed/seed";
import type { ParsedSeed } from "./seed/seed";

/** In the order in which their services are asked whether a request is theirs. */
export const ownVendors: readonly Vendor[] = [huawei, alibaba];
/** Answers requests that are no service's. */
const gateway = huaweiGateway;

/** The options of an emulator; everything has a default. */
export interface EmulatorOptions {
  /** Port to listen on; 0 picks a free one. @default 0 */
  port?: number;
  /**
   * Address to listen on. The control API and the page answer this machine only, for every address, unless `openControl`
   * is set. @default "127.0.0.1"
   */
  host?: string;
  /**
   * Lets other machines use the control API and the page: for a container whose port is published to the host alone. They
   * need no credentials. @default false
   */
  openControl?: boolean;
  /**
   * One more address, on which the metadata services alone answer: for clients that know only the cloud's own one. Without
   * it they answer on the address of everything else only.
   */
  metadata?: { host: string; port: number };
  /**
   * Names under which clients may reach it, beside `host`, `localhost` and any address: requests to others are answered
   * with 421, so that no web page can have its own name lead here. @default []
   */
  allowedHosts?: readonly string[];
  /** Accounts and workflows beside the demo ones: an object, or the path of a JSON file. */
  seed?: Seed | string;
  /**
   * Folder that keeps executions, workflows and the clock over a restart; made when missing. One emulator at a time can
   * have the folder.
   */
  data?: string;
  /** Answers 429 when an operation is called too often. @default false */
  enforceLimits?: boolean;
  /** Locks an access key after five failures and measures clock skew by the emulated clock alone. @default false */
  strictAuth?: boolean;
  /**
   * Called with each request to a service when its outcome is known; secrets are already redacted. Must not throw.
   * @default nobody
   */
  onRequest?: (request: LoggedRequest) => void;
}

/** A running emulator. */
export interface Emulator {
  /** Base of all services, such as `http://127.0.0.1:8787`, without a final slash. */
  readonly url: string;
  /** Base of the metadata services alone, if `metadata` was given. */
  readonly metadataUrl?: string;
  /** Breaks open connections and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts an emulator in this process.
 * @throws {ShapeError} when the seed is wrong; a plain Error when the seed comes from a file
 * @throws {FolderInUseError} when the data folder is another emulator's
 * @throws {Error} when the data folder cannot be used, or the address is taken
 */
export function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  return startEmulatorOf(ownVendors, options);
}

/**
 * Starts an emulator of given vendors, in the order in which their services are asked whether a request is theirs. Tests add
 * one to the emulator's own.
 * @throws what {@link startEmulator} throws
 */
export async function startEmulatorOf(
  vendors: readonly Vendor[],
  options: EmulatorOptions = {},
): Promise<Emulator> {
  const scriptedServices = scriptedBy(vendors);
  const seed = loadSeed(options.seed, scriptedServices);
  const data = options.data === undefined ? undefined : await DataFolder.open(options.data);
  const servers: RunningServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    await data?.close();
  };
  try {
    const state = createState(vendors, options, seed, data);
    const opened = vendors.map((vendor) => vendor.open(state, options.strictAuth ?? false));
    const server = await serve(state, opened, scriptedServices, options);
    servers.push(server);
    const metadata = options.metadata && (await serveMetadata(state, opened, options.metadata));
    if (metadata) servers.push(metadata);
    return {
      url: urlOf(server.host, server.port),
      ...(metadata ? { metadataUrl: urlOf(metadata.host, metadata.port) } : {}),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The services of the emulator, without starting one: for `--help`. */
export function registeredServices(): readonly Pick<Service, "name" | "title">[] {
  const state = createState(ownVendors, {}, loadSeed({ demo: false }, scriptedBy(ownVendors)), undefined);
  return ownVendors.flatMap((vendor) => vendor.open(state, false).services);
}

function serve(
  state: EmulatorState,
  opened: readonly OpenVendor[],
  scriptedServices: readonly string[],
  options: EmulatorOptions,
): Promise<RunningServer> {
  seedState(state);
  state.executions.load();
  const services = opened.flatMap((vendor) => vendor.services);
  const control = controlApi(state, {
    services,
    scriptedServices,
    isOpen: options.openControl ?? false,
    resetToSeed: () => {
      reset(state, opened);
    },
  });
  return listen(
    { ...state, services, gateway, control },
    {
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 0,
      allowedHosts: options.allowedHosts ?? [],
    },
  );
}

function serveMetadata(
  state: EmulatorState,
  opened: readonly OpenVendor[],
  address: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const services = opened.flatMap((vendor) => vendor.metadataServices);
  return listen({ ...state, services, gateway }, { ...address, allowedHosts: [] });
}

// The first is meant where none is named.
function scriptedBy(vendors: readonly Vendor[]): string[] {
  return vendors.flatMap((vendor) => vendor.scriptedServices);
}

function createState(
  vendors: readonly Vendor[],
  options: EmulatorOptions,
  seed: ParsedSeed,
  data: DataFolder | undefined,
): EmulatorState {
  const clock = new Clock();
  const savedClock = data?.loadClock();
  if (savedClock) clock.restore(savedClock);
  const accounts = new AccountDirectory(seed.accounts, clock);
  return {
    seed,
    clock,
    data,
    executions: new ExecutionStore(clock, data),
    accounts,
    idTokens: new IdTokens(clock),
    machines: new Machines(seed.machines, accounts, clock),
    buckets: new TokenBuckets(clock, options.enforceLimits ?? false, seed.limits),
    faults: new FaultPlan(),
    quirks: new QuirkBook(vendors.flatMap((vendor) => vendor.quirks)),
    log: new RequestLog(
      vendors.map((vendor) => vendor.secrets),
      options.onRequest,
    ),
  };
}

function seedState(state: EmulatorState): void {
  for (const workflow of state.seed.workflows) state.executions.putWorkflow(workflow);
  state.quirks.put(state.seed.quirks);
}

function reset(state: EmulatorState, opened: readonly OpenVendor[]): void {
  state.executions.clear();
  state.clock.follow();
  state.data?.saveClock(state.clock.save());
  state.accounts.reset();
  state.machines.reset();
  for (const vendor of opened) vendor.forget();
  state.buckets.refill();
  state.faults.remove();
  state.quirks.clear();
  state.log.clear();
  seedState(state);
}

// 0.0.0.0 and :: are addresses to listen on, not to call.
function urlOf(host: string, port: number): string {
  const callable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${callable.includes(":") ? `[${callable}]` : callable}:${String(port)}`;
}
