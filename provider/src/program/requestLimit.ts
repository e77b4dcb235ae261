/**
 * How often an operation of a service may be called, as a program writes it.
 */
import type * as pulumi from "@pulumi/pulumi";

/** How often an operation may be called. */
export interface RequestLimit {
  /** So many at once: at least 1. */
  tokens: pulumi.Input<number>;
  /** So many are refilled in a second: more than 0. */
  perSecond: pulumi.Input<number>;
}
