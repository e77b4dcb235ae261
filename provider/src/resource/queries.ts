/**
 * Runs queries in the program's own process, with the stack's configuration. Used by the `get…` functions of the
 * services' modules.
 */
import * as pulumi from "@pulumi/pulumi";
import { processSettings } from "../dynamic/processSettings";
import type { Session } from "../lifecycle/index";
import { openSession } from "../lifecycle/index";

/** A session with the configuration of the stack that is being deployed; outside of a deployment there is none. */
export function programSession(): Session {
  // The raw look-up: Config.get warns of every secret, and here secrets stay within the session.
  return openSession({ settings: processSettings((key) => pulumi.runtime.getConfig(key)) });
}
