/** The keys that requests are signed with, as the gateways of both clouds check them. */
import type { Clock } from "../ground/clock";
import type { Cloud } from "./account";
import type { AccountDirectory, SigningKey } from "./directory";
import type { Principal } from "./principal";

/** Allowed difference between a signature's time and the service's time, on both clouds. */
const allowedSkewMs = 15 * 60 * 1000;

/** Everything that the check of a signed request needs: the keys, the clock and the strictness. */
export class Keyring {
  readonly directory: AccountDirectory;
  readonly clock: Clock;
  /** Measures clock skew by the emulated clock alone; the gateway of Huawei Cloud also locks keys after failures. */
  readonly strict: boolean;

  constructor(directory: AccountDirectory, clock: Clock, strict: boolean) {
    this.directory = directory;
    this.clock = clock;
    this.strict = strict;
  }

  /** The key, and the principal that signs with it; `undefined` when either is unknown to the cloud. */
  find(
    accessKey: string,
    cloud: Cloud,
  ): { readonly key: SigningKey; readonly principal: Principal } | undefined {
    const key = this.directory.signingKey(accessKey, cloud);
    const principal = key && this.directory.principal(key.holder);
    return key && principal && { key, principal };
  }

  /**
   * True if a request was signed too long ago, or too far ahead. Clients sign with the machine's time and do not know a
   * clock that a test has moved, so either time will do.
   * @param signedAt - epoch milliseconds
   */
  isSkewed(signedAt: number): boolean {
    const { clock, strict } = this;
    const times = strict ? [clock.now()] : [clock.now(), clock.machineNow()];
    return times.every((time) => Math.abs(time - signedAt) > allowedSkewMs);
  }

  /** @param expiresAt - epoch milliseconds; `undefined` for never */
  hasExpired(expiresAt: number | undefined): boolean {
    return expiresAt !== undefined && this.clock.now() >= expiresAt;
  }
}
