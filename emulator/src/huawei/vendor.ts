/** Huawei Cloud in the emulator: IAM, STS, AOM, FunctionGraph, COC and the services that machines ask. */
import { Keyring } from "../accounts/keyring";
import type { OpenVendor, Vendor } from "../cloud/vendor";
import type { EmulatorState } from "../cloud/state";
import { aomQuirks } from "./aom/quirks";
import { aomService } from "./aom/service";
import { Authenticator } from "./authentication";
import { cocQuirks } from "./coc/quirks";
import { cocService } from "./coc/service";
import { functionGraphQuirks } from "./functiongraph/quirks";
import { functionGraphService } from "./functiongraph/service";
import { iamQuirks, iamService } from "./iam/service";
import { huaweiMetadataService } from "./metadata";
import type { HuaweiState } from "./state";
import { huaweiStsService } from "./sts";

/** Huawei Cloud's services, quirks and secrets, for the emulator to register. */
export const huawei: Vendor = {
  quirks: [...aomQuirks, ...functionGraphQuirks, ...cocQuirks, ...iamQuirks],
  secrets: {
    headers: ["x-auth-token", "x-subject-token", "x-security-token", "x-metadata-token"],
    queryParameters: [],
  },
  scriptedServices: ["aom", "functiongraph", "coc"],
  open,
};

function open(emulator: EmulatorState, strictAuth: boolean): OpenVendor {
  const authenticator = new Authenticator(new Keyring(emulator.accounts, emulator.clock, strictAuth));
  const state: HuaweiState = { ...emulator, authenticator };
  const metadata = huaweiMetadataService(state);
  return {
    services: [
      iamService(state),
      aomService(state),
      functionGraphService(state),
      cocService(state),
      huaweiStsService(state),
      metadata,
    ],
    metadataServices: [metadata],
    forget: () => {
      authenticator.forgetFailures();
    },
  };
}
