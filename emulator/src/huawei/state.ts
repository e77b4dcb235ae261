/** The emulator's state as the services of Huawei Cloud see it: with the check of their gateway. */
import type { EmulatorState } from "../cloud/state";
import type { Authenticator } from "./authentication";

/** The state of one emulator, with the authenticator of requests to Huawei Cloud. */
export interface HuaweiState extends EmulatorState {
  readonly authenticator: Authenticator;
}
