/** The emulator's state as the services of Alibaba Cloud see it: with the check of their requests. */
import type { EmulatorState } from "../cloud/state";
import type { AlibabaAuthenticator } from "./authentication";

/** The state of one emulator, with the authenticator of requests to Alibaba Cloud. */
export interface AlibabaState extends EmulatorState {
  readonly authenticator: AlibabaAuthenticator;
}
