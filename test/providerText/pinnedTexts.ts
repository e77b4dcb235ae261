/**
 * The texts that users' states hold, letter by letter. Nothing here may ever change; a new service adds a line.
 */
import type { ServiceName } from "../../provider/src/services/registry";

/** `__provider` by service. */
export const pinnedTexts: Readonly<Record<ServiceName, string>> = {
  aom: 'exports.handler = () => require("pulumi-runbook/provider").aom;',
  functiongraph: 'exports.handler = () => require("pulumi-runbook/provider").functiongraph;',
  cloudflow: 'exports.handler = () => require("pulumi-runbook/provider").cloudflow;',
  coc: 'exports.handler = () => require("pulumi-runbook/provider").coc;',
  stepfunctions: 'exports.handler = () => require("pulumi-runbook/provider").stepfunctions;',
};
