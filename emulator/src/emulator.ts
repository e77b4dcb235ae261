// Puts one emulator together: seed, state, services, control API, server.
import { AlibabaAuthenticator } from "./alibaba/authentication";
import { CLOUDFLOW_QUIRKS } from "./alibaba/cloudflow/quirks";
import { cloudFlowService } from "./alibaba/cloudflow/service";
import { alibabaMetadataService } from "./alibaba/metadata";
import { alibabaStsService } from "./alibaba/sts/service";
import { Clock } from "./ground/clock";
import { controlApi } from "./control/control";
import { DataFolder } from "./executions/dataFolder";
import { ExecutionStore } from "./executions/store";
import { FaultPlan } from "./http/faults";
import { AOM_QUIRKS } from "./huawei/aom/quirks";
import { aomService } from "./huawei/aom/service";
import { Authenticator } from "./huawei/authentication";
import { FUNCTIONGRAPH_QUIRKS } from "./huawei/functiongraph/quirks";
import { functionGraphService } from "./huawei/functiongraph/service";
import { iamQuirks, iamService } from "./huawei/iam/service";
import { huaweiMetadataService } from "./huawei/metadata";
import { huaweiStsService } from "./huawei/sts";
import { AccountDirectory } from "./accounts/directory";
import { IdTokens } from "./accounts/idTokens";
import { Machines } from "./accounts/machines";
import type { Service } from "./http/service";
import { QuirkBook } from "./cloud/quirks";
import { RequestLog } from "./http/requestLog";
import { loadSeed, type ParsedSeed } from "./seed/seed";
import { type Seed } from "./seed/document";
import { listen, type RunningServer } from "./http/server";
import type { EmulatorState } from "./cloud/state";
import { TokenBuckets } from "./http/tokenBuckets";

/** How to start an emulator; everything has a default. */
export interface EmulatorOptions {
  /** Port to listen on; 0 picks a free one. @default 0 */
  port?: number;
  /** Address to listen on. The control API answers this machine only, whatever is given here. @default "127.0.0.1" */
  host?: string;
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
 * Rejects when the seed is wrong, the data folder cannot be used or is another emulator's, or the port is taken.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const seed = loadSeed(options.seed);
  const data = options.data === undefined ? undefined : await DataFolder.open(options.data);
  const servers: RunningServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    await data?.close();
  };
  try {
    const state = createState(options, seed, data);
    const server = await serve(state, options);
    servers.push(server);
    const metadata = options.metadata && (await serveMetadata(state, options.metadata));
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

function serve(state: EmulatorState, options: EmulatorOptions): Promise<RunningServer> {
  seedState(state);
  state.executions.load();
  const services = [
    iamService(state),
    aomService(state),
    functionGraphService(state),
    huaweiStsService(state),
    ...metadataServices(state),
    // Before CloudFlow, which answers every other version too.
    alibabaStsService(state),
    cloudFlowService(state),
  ];
  const control = controlApi(state, services, () => {
    reset(state);
  });
  return listen(state, services, control, {
    host: options.host ?? "127.0.0.1",
    port: options.port ?? 0,
    allowedHosts: options.allowedHosts ?? [],
  });
}

function serveMetadata(
  state: EmulatorState,
  address: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  return listen(state, metadataServices(state), undefined, { ...address, allowedHosts: [] });
}

function metadataServices(state: EmulatorState): Service[] {
  return [huaweiMetadataService(state), alibabaMetadataService(state)];
}

function createState(
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
    authenticator: new Authenticator(accounts, clock, options.strictAuth ?? false),
    alibaba: new AlibabaAuthenticator(accounts, clock, options.strictAuth ?? false),
    buckets: new TokenBuckets(clock, options.enforceLimits ?? false, seed.limits),
    faults: new FaultPlan(),
    quirks: new QuirkBook([...AOM_QUIRKS, ...FUNCTIONGRAPH_QUIRKS, ...CLOUDFLOW_QUIRKS, ...iamQuirks]),
    log: new RequestLog(),
  };
}

function seedState(state: EmulatorState): void {
  for (const workflow of state.seed.workflows) state.executions.putWorkflow(workflow);
  state.quirks.put(state.seed.quirks);
}

function reset(state: EmulatorState): void {
  state.executions.clear();
  state.clock.follow();
  state.data?.saveClock(state.clock.save());
  state.accounts.reset();
  state.machines.reset();
  state.authenticator.forgetFailures();
  state.alibaba.forget();
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
