/**
 * The keys and metadata tokens that machines issue at present. Each place has one machine at most; without one its
 * service answers nothing.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../ground/clock";
import { rolesOf } from "./account";
import type { Account, AssumableRole } from "./account";
import type { AccountDirectory, TemporaryKey } from "./directory";
import { cloudOf, instanceId, readMachine } from "./machine";
import type { Machine, MachineKind } from "./machine";
import { lookUp, sessionRef } from "./principal";
import type { Caller } from "./principal";

/** A machine's account and role as they are now. */
export interface MachineRole {
  readonly machine: Machine;
  readonly account: Account;
  readonly role: AssumableRole;
}

/** The machines, the keys that they have at present, and the tokens of their metadata services. */
export class Machines {
  readonly #seeded: readonly Machine[];
  readonly #directory: AccountDirectory;
  readonly #clock: Clock;
  readonly #machines = new Map<MachineKind, Machine>();
  readonly #keys = new Map<Machine, TemporaryKey>();
  /** Until when a token of a metadata service is good, epoch milliseconds. */
  readonly #tokens = new Map<string, number>();

  constructor(seeded: readonly Machine[], directory: AccountDirectory, clock: Clock) {
    this.#seeded = seeded;
    this.#directory = directory;
    this.#clock = clock;
    this.reset();
  }

  /** The machine in that place; `undefined`: there is none. */
  get(kind: MachineKind): Machine | undefined {
    return this.#machines.get(kind);
  }

  /**
   * Puts a machine in its place.
   * @throws {ShapeError} when a field is wrong
   */
  put(kind: MachineKind, json: unknown): Machine {
    const machine = readMachine(kind, json, "", this.#directory.accounts);
    this.#machines.set(kind, machine);
    return machine;
  }

  /** Takes the machine out of its place. */
  remove(kind: MachineKind): void {
    this.#machines.delete(kind);
  }

  /** The machines in all places. */
  list(): readonly Machine[] {
    return [...this.#machines.values()];
  }

  /** The machine's account and role; `undefined` when either is gone, or the machine has none. */
  roleOf(machine: Machine): MachineRole | undefined {
    const account = this.#directory.byDomain({ name: machine.domain });
    const role =
      account && rolesOf(account, cloudOf(machine.kind)).find(({ name }) => name === machine.roleName);
    return account && role && { machine, account, role };
  }

  /**
   * The keys that the machine has now: the same ones until shortly before their end, then new ones.
   * @param call - the request that they are for: its caller is the machine
   */
  keysOf({ machine, account, role }: MachineRole, { caller }: { readonly caller: Caller }): TemporaryKey {
    const key = this.#currentKey(machine, account, role);
    const principal = lookUp(account, key.holder);
    if (principal) caller.actor = principal.actor;
    return key;
  }

  #currentKey(machine: Machine, account: Account, role: AssumableRole): TemporaryKey {
    const known = this.#keys.get(machine);
    const renewAt = (known?.expiresAt ?? 0) - machine.renewBeforeSeconds * 1000;
    if (known && this.#clock.now() < renewAt && this.#isGood(known)) return known;
    const cloud = cloudOf(machine.kind);
    const key = this.#directory.issueKey(
      sessionRef(cloud, account, role, { session: instanceId(machine), assumedBy: [] }),
      cloud === "huawei" ? "huaweiIam" : "alibabaSts",
      machine.lifetimeSeconds,
    );
    this.#keys.set(machine, key);
    return key;
  }

  /** A token for a metadata service, with a life in seconds of emulated time. */
  issueToken(seconds: number): string {
    const token = randomBytes(42).toString("base64url");
    this.#tokens.set(token, this.#clock.now() + seconds * 1000);
    return token;
  }

  /** True if a metadata service has issued the token and the token has not expired. */
  isToken(token: string): boolean {
    return this.#clock.now() < (this.#tokens.get(token) ?? 0);
  }

  /** Makes a token of a metadata service worthless; whether it was one. */
  expireToken(token: string): boolean {
    return this.#tokens.delete(token);
  }

  /** Back to the machines of the seed, without keys and tokens. */
  reset(): void {
    this.#machines.clear();
    this.#keys.clear();
    this.#tokens.clear();
    for (const machine of this.#seeded) this.#machines.set(machine.kind, machine);
  }

  // The key may have been expired early, as a fault does.
  #isGood({ accessKey, cloud }: TemporaryKey): boolean {
    const key = this.#directory.signingKey(accessKey, cloud);
    return key !== undefined && this.#clock.now() < (key.expiresAt ?? 0);
  }
}
