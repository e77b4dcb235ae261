/**
 * The stored secrets of the resources of one process: a replacement is checked twice, the second time without the state
 * that it replaces.
 */
import type { KnownSecrets } from "./secretOutputs";
import { StoredSecrets } from "./storedSecrets";

/** Remembers the secrets of the state, by resource. */
export class SecretMemory {
  readonly #stored = new Map<string, StoredSecrets>();

  /**
   * The secrets of a resource in the state.
   * @param state the part of the state that a call was given
   * @default the part that an earlier call was given
   */
  of(
    urn: string | undefined,
    state: Pick<KnownSecrets, "args" | "secretPaths"> | undefined,
  ): StoredSecrets | undefined {
    if (state === undefined) return this.#stored.get(urn ?? "");
    const stored = new StoredSecrets(state.args, state.secretPaths);
    if (urn !== undefined) this.#stored.set(urn, stored);
    return stored;
  }
}
