/** Alibaba Cloud in the emulator: STS, CloudFlow and the services that machines ask. */
import { Keyring } from "../accounts/keyring";
import type { OpenVendor, Vendor } from "../cloud/vendor";
import type { EmulatorState } from "../cloud/state";
import { AlibabaAuthenticator } from "./authentication";
import { cloudFlowQuirks } from "./cloudflow/quirks";
import { cloudFlowService } from "./cloudflow/service";
import { alibabaMetadataService } from "./metadata";
import type { AlibabaState } from "./state";
import { alibabaStsService } from "./sts/service";

/** Alibaba Cloud's services, quirks and secrets, for the emulator to register. */
export const alibaba: Vendor = {
  quirks: cloudFlowQuirks,
  secrets: {
    headers: ["x-acs-security-token", "x-aliyun-ecs-metadata-token"],
    // The older signature has its secrets in the query.
    queryParameters: ["Signature", "SecurityToken", "TaskToken", "OIDCToken"],
  },
  scriptedServices: ["cloudflow"],
  open,
};

function open(emulator: EmulatorState, strictAuth: boolean): OpenVendor {
  const authenticator = new AlibabaAuthenticator(new Keyring(emulator.accounts, emulator.clock, strictAuth));
  const state: AlibabaState = { ...emulator, authenticator };
  const metadata = alibabaMetadataService(state);
  return {
    // STS before CloudFlow, which answers every other version too.
    services: [metadata, alibabaStsService(state), cloudFlowService(state)],
    metadataServices: [metadata],
    forget: () => {
      authenticator.forget();
    },
  };
}
