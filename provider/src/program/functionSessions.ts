/**
 * The sessions of the functions: one per process and settings, so that ten calls are one login.
 */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { stackSettingWords } from "../fronts/shared/settingWords";
import { processSettings } from "../fronts/shared/settings";
import type { Session } from "../lifecycle/index";
import { openSession } from "../lifecycle/index";
import type { Configuration } from "./functionOptions";

// A process that deploys stacks one after another, each with settings of its own, keeps the last few.
const maxSessions = 16;

const sessions = new Map<string, Session>();

/**
 * The session for some settings.
 * @param configuration a provider's, by the names of the stack's configuration.
 * @default that of the stack that is being deployed; outside of a deployment there is none
 */
export function sessionFor(configuration: Configuration = pulumi.runtime.allConfig()): Session {
  const entries = Object.entries(configuration).sort(([a], [b]) => (a < b ? -1 : 1));
  // A digest, so that no secret is kept a second time. Empty for nothing, but for `{}`.
  const key = createHash("sha256").update(JSON.stringify(entries)).digest("hex");
  const session =
    sessions.get(key) ??
    openSession({
      settings: processSettings(
        (name) => (Object.hasOwn(configuration, name) ? configuration[name] : undefined),
        stackSettingWords,
      ),
    });
  // The one used last is the last to go.
  sessions.delete(key);
  sessions.set(key, session);
  const [oldest] = sessions.keys();
  if (sessions.size > maxSessions && oldest !== undefined) sessions.delete(oldest);
  return session;
}
