/**
 * Sends the requests of a Huawei Cloud service for one project; shared by AOM and FunctionGraph.
 * Gets requests from the service's `api`, and sends them in the account's name.
 */
import type { HttpAnswer, HttpRequest } from "../../http/request";
import type { BucketView } from "../../http/tokenBucket";
import { accountOfSameKey } from "../accountKey";
import type { Arguments } from "../../execution/argument";
import type { BackendContext } from "../../execution/service";
import { openAccount } from "./account";
import type { FoundProject } from "./iam";
import type { HuaweiIdentity } from "./identity";
import { findIdentity, keyOf } from "./identity";
import type { HuaweiService } from "./location";
import { accountOf, placeOf, resolveLocation } from "./location";
import type { HuaweiSendOptions } from "./sender";
import { HuaweiSender } from "./sender";

/** Names of the outputs of {@link HuaweiClient.location}. */
export const huaweiLocationKeys = ["region", "projectId", "accountId", "accountName", "accountKey"] as const;

/**
 * The account to which the settings lead, for the comparison with an execution's, or the project where the state knows of
 * no account; empty if the settings alone tell the place, the state has its account from the same key, or the place
 * can't be found out.
 */
export async function locatePlace(
  service: HuaweiService,
  { stored, args }: { readonly stored: Arguments; readonly args: Arguments },
  context: BackendContext,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const configured = placeOf(context.settings);
  const isCompared = Object.keys(configured).some((name) => stored[name] !== undefined);
  if (isCompared) return {};
  const identity = findIdentity(context.settings);
  const { projectId } = stored;
  if (stored["accountId"] === undefined) {
    if (typeof projectId !== "string" || args["projectId"] !== undefined) return {};
    // The location in which the execution would run now.
    const location = resolveLocation(service, args, context.settings, identity);
    const elsewhere = await openAccount(identity, location, context).projectInsteadOf(
      projectId,
      location,
      signal,
    );
    return elsewhere === undefined ? {} : { projectId: elsewhere };
  }
  const where = { region: stored["region"], endpoint: stored["endpoint"] };
  return locateAccount(service, { stored, where }, context, signal);
}

/**
 * The account to which the settings lead, for the comparison with a stored one; empty if the same key has stored that, or
 * the account can't be found out.
 * @param where arguments of the place at which IAM is asked.
 */
export async function locateAccount(
  service: HuaweiService,
  { stored, where }: { readonly stored: Arguments; readonly where: Arguments },
  context: BackendContext,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const identity = findIdentity(context.settings);
  if (accountOfSameKey(stored, keyOf(identity)) !== undefined) return {};
  const location = resolveLocation(service, where, context.settings, identity);
  const accountId = await openAccount(identity, location, context).accountId(signal);
  return accountId === undefined ? {} : { accountId };
}

function accountAt(
  project: FoundProject,
  stored: Arguments,
  identity: HuaweiIdentity,
): Readonly<Record<string, string>> {
  const configured = accountOf(identity);
  if (project.accountId !== undefined) {
    const accountKey = keyOf(identity);
    return {
      accountId: project.accountId,
      ...(accountKey === undefined ? {} : { accountKey }),
      ...configured,
    };
  }
  // With the project of the state, its account is that of the state too.
  return { ...storedAccount(stored), ...configured };
}

/** The account that is stored, and the key that has stored it. */
export function storedAccount(stored: Arguments): Readonly<Record<string, string>> {
  const kept = ["accountId", "accountKey"].flatMap((name) => {
    const value = stored[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(kept);
}

/** A service in one project. */
export class HuaweiClient {
  /** Absent if an endpoint was given and no region. */
  readonly region: string | undefined;
  readonly endpoint: string;
  readonly projectId: string;
  /** The account, as far as it is known without another request, for the outputs. */
  readonly #where: Readonly<Record<string, string>>;
  readonly #service: string;
  readonly #sender: HuaweiSender;

  private constructor(
    service: string,
    location: {
      region: string | undefined;
      endpoint: string;
      projectId: string;
      account: Readonly<Record<string, string>>;
    },
    sender: HuaweiSender,
  ) {
    this.#where = location.account;
    this.#service = service;
    this.region = location.region;
    this.endpoint = location.endpoint;
    this.projectId = location.projectId;
    this.#sender = sender;
  }

  /**
   * Resolves location, credentials and project. Makes a request only where the project has to be looked up.
   * @throws ConfigurationError when a setting is missing.
   */
  static async open(
    service: HuaweiService,
    args: Arguments,
    context: BackendContext,
    signal: AbortSignal,
  ): Promise<HuaweiClient> {
    const identity = findIdentity(context.settings);
    const location = resolveLocation(service, args, context.settings, identity);
    const account = openAccount(identity, location, context);
    await account.prepare(signal);
    const project = await account.project(location, signal);
    const where = { ...location, projectId: project.id, account: accountAt(project, args, identity) };
    const sender = new HuaweiSender(service.name, account, { id: project.id }, context);
    return new HuaweiClient(service.name, where, sender);
  }

  /** Region, project and account, as outputs. */
  get location(): Record<string, string> {
    const region = this.region === undefined ? {} : { region: this.region };
    return { ...region, projectId: this.projectId, ...this.#where };
  }

  /** Project and place, for messages. */
  get where(): string {
    return `project ${this.projectId} (${this.region ?? this.endpoint})`;
  }

  /** A workflow of this project, by which memories and locks know it on every machine. */
  identityOf(workflowId: string): string {
    return `${this.#service} ${this.region ?? this.endpoint} ${this.projectId} ${workflowId}`;
  }

  /** The remaining requests that an operation may make. */
  budget(operation: string): BucketView {
    return this.#sender.budget(operation);
  }

  /** Sends a request; errors as HttpClient.send. */
  send(request: HttpRequest, options: HuaweiSendOptions): Promise<HttpAnswer> {
    return this.#sender.send(request, options);
  }
}
