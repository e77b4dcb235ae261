/**
 * The text that Pulumi stores as `__provider` with every resource and evaluates in the dynamic provider's process.
 * A constant: nothing of the program is captured, and an upgrade of this package takes effect at once.
 */
import type { ServiceName } from "../../services/registry";

/** The text for a service; at most 100 characters. A change here breaks the state of every user: never change it. */
export function providerText(service: ServiceName): string {
  return `exports.handler = () => require("pulumi-runbook/provider").${service};`;
}
