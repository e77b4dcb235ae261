/**
 * Huawei Cloud COC as the lifecycle knows it: arguments, the capabilities of the service, and the connection.
 */
import { address, identifier, oneOf, text } from "../../../execution/rules";
import type { BackendDefinition } from "../../../execution/service";
import { checkLocation } from "../location";
import { huaweiTransport } from "../transport";
import { CocBackend } from "./backend";
import { CocClient, askPlace, cocLocationKeys, placeOf } from "./client";
import { listPageSize } from "./lists";
import { checkTargets, parametersRule, targetsRule } from "./parameters";
import { longestRunName } from "./runMark";
import { cocService, siteRule } from "./sites";

/** Huawei Cloud COC jobs. */
export const huaweiCoc = {
  service: "coc",
  title: cocService.title,
  locationKeys: cocLocationKeys,
  capabilities: {
    runMark: "detail",
    longestRunName,
    longPollSeconds: 0,
    pageSize: listPageSize,
    listTells: "outcome",
    functions: ["retryWorkflowExecution"],
  },
  arguments: {
    documentId: { rule: identifier({ min: 1, max: 128 }), required: true, replaces: true },
    version: { rule: text({ min: 1, max: 64 }), replaces: true },
    documentType: { rule: oneOf("PRIVATE", "PUBLIC"), replaces: true, defaultValue: "PRIVATE" },
    parameters: { rule: parametersRule, replaces: true, isPayload: true, isInput: true },
    targetParameterName: { rule: text({ min: 1, max: 128 }), replaces: true },
    targets: { rule: targetsRule, replaces: true, isPayload: true, isInput: true },
    // The service shows it, and does nothing with it. Its limit is not documented.
    description: { rule: text({ min: 1, max: 512 }) },
    site: { rule: siteRule, replaces: true, located: true },
    endpoint: { rule: address },
  },
  transport: huaweiTransport,
  place: placeOf,
  askPlace: (stored, _args, context, signal) => askPlace(stored, context, signal),
  check: (args, settings, unknown) => [
    ...checkLocation(cocService, args, settings, unknown),
    ...checkTargets(args, unknown),
  ],
  connect: async (args, context, signal) =>
    new CocBackend(await CocClient.open(args, context, signal), args, context),
} as const satisfies BackendDefinition;
