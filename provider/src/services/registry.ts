/**
 * The services there are. A new service is an entry in `services`; the compiler asks for the name in `ServiceName`.
 */
import type { BackendDefinition } from "../execution/service";
import type { VendorSettings } from "./vendorSettings";
import { alibabaSettings } from "./alibaba/settingsTable";
import { alibabaCloudFlow } from "./alibaba/cloudflow/backend";
import { awsStepFunctions } from "./aws/stepfunctions/definition";
import { awsSettings } from "./aws/settingsTable";
import { huaweiSettings } from "./huawei/settingsTable";
import { huaweiAom } from "./huawei/aom/backend";
import { huaweiCoc } from "./huawei/coc/definition";
import { huaweiFunctionGraph } from "./huawei/functiongraph/backend";

/** Name of a service, e.g. `aom`. Written out: as `keyof` it would bring all services into the public types. */
export type ServiceName = "aom" | "functiongraph" | "cloudflow" | "stepfunctions" | "coc";

/** All services, by the name of the module that programs import. */
export const services = {
  aom: huaweiAom,
  functiongraph: huaweiFunctionGraph,
  cloudflow: alibabaCloudFlow,
  stepfunctions: awsStepFunctions,
  coc: huaweiCoc,
} as const satisfies Readonly<Record<ServiceName, BackendDefinition>>;

/** The settings of all vendors. A new vendor is one entry here. */
export const vendors: readonly VendorSettings[] = [huaweiSettings, alibabaSettings, awsSettings];
