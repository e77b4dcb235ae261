/**
 * The registration of a vendor with an emulator: its services, its quirks, and the places of secrets in its requests.
 */
import type { SecretPlaces } from "../http/requestLog";
import type { Service } from "../http/service";
import type { QuirkDefinition } from "./quirks";
import type { EmulatorState } from "./state";

/** A vendor, before an emulator has started. */
export interface Vendor {
  readonly quirks: readonly QuirkDefinition[];
  readonly secrets: SecretPlaces;
  /** Names of the services whose workflows a seed can script. */
  readonly scriptedServices: readonly string[];
  /**
   * Opens the vendor's services on the state of an emulator.
   * @param strictAuth - locks keys after failures, and measures clock skew by the emulated clock alone
   */
  readonly open: (state: EmulatorState, strictAuth: boolean) => OpenVendor;
}

/** A vendor's services in one emulator. */
export interface OpenVendor {
  /** In the order in which they are asked whether a request is theirs. */
  readonly services: readonly Service[];
  /** Those of {@link services} that machines ask; they can have an address of their own. */
  readonly metadataServices: readonly Service[];
  /** Forgets failures and nonces, as a reset does. */
  readonly forget: () => void;
}
