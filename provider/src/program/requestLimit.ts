/**
 * How often an operation of a service may be called, as a program writes it.
 */
import type * as pulumi from "@pulumi/pulumi";

/** How often an operation may be called. */
export interface RequestLimit {
  /** The number of requests at once: at least 1. */
  tokens: pulumi.Input<number>;
  /** The number of requests that are refilled per second: more than 0. */
  perSecond: pulumi.Input<number>;
}
