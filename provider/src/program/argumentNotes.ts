/**
 * Notes the values that the program gives, for the provider: which of them are secrets, and how to recognize the others.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Note } from "../fronts/dynamic/argumentDigests";
import { noteOf, secretNote } from "../fronts/dynamic/argumentDigests";
import { unknownText } from "../fronts/shared/wireMarkers";
import type { ServiceName } from "../services/registry";
import { payloadArguments } from "../lifecycle/index";
import { services } from "../services/registry";
import type { JsonValue } from "./jsonValues";

/** A note per argument; undefined in the end where the argument fails. */
export type ArgumentNotes = Record<string, Note | Promise<Note | undefined>>;

const payloads: Partial<Record<ServiceName, readonly string[]>> = {};

/** Makes the notes. The note of an Output is not known before the Output is: also whether the Output is a secret. */
export function noteArguments(
  service: ServiceName,
  values: Readonly<Record<string, JsonValue>>,
): ArgumentNotes {
  const payload = (payloads[service] ??= payloadArguments(services[service]));
  const notes: ArgumentNotes = {};
  for (const [name, { value, isLater }] of Object.entries(values)) {
    // The argument itself then fails, which the SDK reports.
    if (isLater) notes[name] = noteLater(value).catch(() => undefined);
    // Only an Output can be secret; and only of a payload does the author matter.
    else if (payload.includes(name)) {
      const note = noteOf(value);
      if (note !== undefined) notes[name] = note;
    }
  }
  return notes;
}

// As the SDK's own serializer reads an Output. Made by `apply`, the note would depend on resources, and be secret.
interface Known {
  readonly isKnown?: Promise<boolean>;
  promise?(): Promise<unknown>;
}

// Goes the way of the SDK's serializer, which marks an Output where the Output stands, and nothing around it.
async function noteLater(value: unknown): Promise<Note | undefined> {
  if (pulumi.Output.isInstance(value)) {
    if (await pulumi.isSecret(value)) return secretNote;
    const known = value as unknown as Known;
    if ((await known.isKnown) === false) return unknownText;
    return noteLater(await known.promise?.());
  }
  if (value instanceof Promise) return noteLater(await value);
  if (typeof value !== "object" || value === null) return noteOf(value);
  const members = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await noteLater(item)] as const),
  );
  if (members.length === 0) return noteOf(value);
  if (Array.isArray(value)) return members.map(([, note]) => note ?? null);
  return Object.fromEntries(members.filter((member): member is [string, Note] => member[1] !== undefined));
}
