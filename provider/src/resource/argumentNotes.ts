/**
 * Notes what the program gives, for the provider: which arguments are secret, and by what it knows the others again.
 */
import * as pulumi from "@pulumi/pulumi";
import { digestOf, secretNote } from "../dynamic/argumentDigests";
import { unknownText } from "../dynamic/wireMarkers";
import type { ServiceName } from "../lifecycle/index";
import { payloadArguments, services } from "../lifecycle/index";
import type { JsonValue } from "./jsonValues";

/** A note per argument; undefined in the end where the argument fails. */
export type ArgumentNotes = Record<string, string | Promise<string | undefined>>;

const payloads: Partial<Record<ServiceName, readonly string[]>> = {};

/** Makes the notes. What has Outputs in it is noted as not known until it is: also whether it is secret. */
export function noteArguments(
  service: ServiceName,
  values: Readonly<Record<string, JsonValue>>,
  ignoreChanges: readonly string[],
): ArgumentNotes {
  const payload = (payloads[service] ??= payloadArguments(services[service]));
  const notes: ArgumentNotes = {};
  for (const [name, { value, isLater }] of Object.entries(values)) {
    if (isLater) notes[name] = noteLater(name, value, ignoreChanges);
    // Only an Output can be secret; and it does not matter who gave what is no payload.
    else if (value !== undefined && payload.includes(name))
      notes[name] = digestOf(name, value, ignoreChanges);
  }
  return notes;
}

// As the SDK's own serializer reads an Output. Made by `apply`, the note would depend on resources, and be secret.
interface Known {
  readonly isKnown?: Promise<boolean>;
  promise?(): Promise<unknown>;
}

async function noteLater(
  name: string,
  value: unknown,
  ignoreChanges: readonly string[],
): Promise<string | undefined> {
  try {
    const output = pulumi.output(value);
    const known = output as unknown as Known;
    if (await pulumi.isSecret(output)) return secretNote;
    if ((await known.isKnown) === false) return unknownText;
    return digestOf(name, await known.promise?.(), ignoreChanges);
  } catch {
    // Then the argument itself fails, which the SDK says.
    return undefined;
  }
}
