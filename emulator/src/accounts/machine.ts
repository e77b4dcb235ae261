/**
 * The machines on which a client can run, whose metadata services and similar services issue keys to clients without
 * keys. Reads the machines from the JSON of a seed file or of the control API.
 */
import { derivedHex, derivedUuid } from "../ground/identifiers";
import { Fields, ShapeError } from "../ground/jsonShape";
import { rolesOf } from "./account";
import type { Account, Cloud } from "./account";

/** The kinds of places from which a client without keys can get keys. */
export const machineKinds = ["huaweiEcs", "huaweiPod", "alibabaEcs", "alibabaUri"] as const;

/** One of {@link machineKinds}. */
export type MachineKind = (typeof machineKinds)[number];

/** The treatment of tokens of the second version by a metadata service. */
export type TokenMode =
  /** A request may do without. */
  | "optional"
  /** A request without one is refused. */
  | "required"
  /** Such an old service that has none. */
  | "absent";

/** In which shape the service of a pod answers; the SDKs know all of them. */
export type PodAnswer = "credential" | "credentials" | "flat";

/** A machine, as JSON. */
export interface SeedMachine {
  /** The account whose agency or role the machine has. */
  domain: string;
  /** Of `huaweiEcs` and `huaweiPod`. An ECS may be without, and then says so. */
  agency?: string;
  /** Of `alibabaEcs` and `alibabaUri`. An ECS may be without. */
  role?: string;
  /** Name or id of the project that the machine is in. @default the account's first */
  project?: string;
  /** Of the two `…Ecs`. @default "optional" */
  metadataTokens?: TokenMode;
  /** Lifetime of the machine's keys, 900 to 86400. @default 21600 */
  lifetimeSeconds?: number;
  /**
   * Time before the end of its keys at which the machine has new ones. @default 3600, or half of their life if that is
   * less
   */
  renewBeforeSeconds?: number;
  /** Of `huaweiPod`: the identity provider whose id tokens it takes. */
  idp?: string;
  /** Of `huaweiPod`. @default "credential" */
  answer?: PodAnswer;
}

/** Machines by where they are. */
export type SeedMachines = Partial<Record<MachineKind, SeedMachine>>;

/** A machine that has been read and checked. */
export interface Machine {
  readonly kind: MachineKind;
  readonly domain: string;
  readonly roleName: string | undefined;
  readonly project: string | undefined;
  readonly metadataTokens: TokenMode;
  readonly lifetimeSeconds: number;
  readonly renewBeforeSeconds: number;
  readonly idp: string | undefined;
  readonly answer: PodAnswer;
}

const defaultLifetimeSeconds = 6 * 3600;
const defaultRenewBeforeSeconds = 3600;

/**
 * Reads the machines of a seed.
 * @throws {ShapeError} when a field is wrong
 */
export function readMachines(fields: Fields, accounts: readonly Account[]): Machine[] {
  const machines = new Fields(fields.object("machines") ?? {}, fields.at("machines"));
  const read = machineKinds.flatMap((kind) =>
    machines.has(kind) ? [readMachine(kind, machines.raw(kind), machines.at(kind), accounts)] : [],
  );
  machines.rejectUnknown();
  return read;
}

/**
 * Reads one machine.
 * @throws {ShapeError} when a field is wrong
 */
export function readMachine(
  kind: MachineKind,
  json: unknown,
  path: string,
  accounts: readonly Account[],
): Machine {
  const fields = new Fields(json, path);
  const domain = fields.requiredText("domain", { min: 1 });
  const account = accounts.find(({ domainName }) => domainName === domain);
  if (!account) throw new ShapeError(fields.at("domain"), `is not an account: ${domain}`);
  const lifetimeSeconds =
    fields.number("lifetimeSeconds", { min: 900, max: 86_400, integer: true }) ?? defaultLifetimeSeconds;
  const machine: Machine = {
    kind,
    domain,
    roleName: readRoleName(fields, kind, account),
    project: fields.text("project", { min: 1 }),
    metadataTokens: kind.endsWith("Ecs") ? readTokenMode(fields) : "absent",
    lifetimeSeconds,
    renewBeforeSeconds:
      fields.number("renewBeforeSeconds", { min: 0, max: lifetimeSeconds - 1, integer: true }) ??
      Math.min(defaultRenewBeforeSeconds, Math.floor(lifetimeSeconds / 2)),
    idp: kind === "huaweiPod" ? readIdp(fields, accounts) : undefined,
    answer: kind === "huaweiPod" ? readAnswer(fields) : "flat",
  };
  fields.rejectUnknown();
  return machine;
}

function readRoleName(fields: Fields, kind: MachineKind, account: Account): string | undefined {
  const field = cloudOf(kind) === "huawei" ? "agency" : "role";
  const name = fields.text(field, { min: 1 });
  // A pod and a credentials URI are there for nothing else.
  if (!kind.endsWith("Ecs")) fields.required(field, name);
  if (name !== undefined && !rolesOf(account, cloudOf(kind)).some((role) => role.name === name)) {
    throw new ShapeError(fields.at(field), `does not exist in ${account.domainName}: ${name}`);
  }
  return name;
}

function readTokenMode(fields: Fields): TokenMode {
  const modes: readonly TokenMode[] = ["optional", "required", "absent"];
  return (fields.text("metadataTokens", { oneOf: modes }) as TokenMode | undefined) ?? "optional";
}

function readIdp(fields: Fields, accounts: readonly Account[]): string {
  const idp = fields.requiredText("idp", { min: 1 });
  if (accounts.some(({ identityProviders }) => identityProviders.some(({ name }) => name === idp)))
    return idp;
  throw new ShapeError(fields.at("idp"), `is not an identity provider: ${idp}`);
}

function readAnswer(fields: Fields): PodAnswer {
  const shapes: readonly PodAnswer[] = ["credential", "credentials", "flat"];
  return (fields.text("answer", { oneOf: shapes }) as PodAnswer | undefined) ?? "credential";
}

/** The id of the machine, which is also the name of its sessions. */
export function instanceId({ kind, domain }: Machine): string {
  switch (kind) {
    case "huaweiEcs":
      return derivedUuid(kind, domain);
    case "alibabaEcs":
      return `i-${derivedHex(kind, domain).slice(0, 20)}`;
    case "huaweiPod":
      return `pod-${derivedHex(kind, domain).slice(0, 10)}`;
    case "alibabaUri":
      return `uri-${derivedHex(kind, domain).slice(0, 10)}`;
  }
}

/** The cloud whose API a machine's keys are for. */
export function cloudOf(kind: MachineKind): Cloud {
  return kind.startsWith("huawei") ? "huawei" : "alibaba";
}
