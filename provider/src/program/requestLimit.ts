/**
 * The rate limit of an operation, as a program writes it.
 */
import type * as pulumi from "@pulumi/pulumi";

/** The rate limit of an operation. */
export interface RequestLimit {
  /** The number of requests at once: at least 1. */
  tokens: pulumi.Input<number>;
  /** The number of requests that are refilled per second: more than 0. */
  perSecond: pulumi.Input<number>;
}
