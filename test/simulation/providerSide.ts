/** A front as the engine calls it: the values that the engine passes and gets back, the same for both fronts. */
import type { Bag } from "./values";

/** The properties of a resource in the state. */
export interface StoredProperties {
  readonly id: string;
  readonly inputs: Bag;
  readonly outputs: Bag;
}

/** An execution as a front answers with it. */
export interface Answer {
  readonly id: string;
  readonly outputs: Bag;
  /** The front's own inputs, where it gives any. */
  readonly inputs?: Bag | undefined;
  /** The engine is to read it before it compares it the next time. */
  readonly readsFirst?: boolean;
}

/** The result of a comparison. */
export interface Compared {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** An execution that is not as wanted. */
export class Unready extends Error {
  readonly answer: Answer;
  readonly reasons: readonly string[];

  constructor(message: string, answer: Answer, reasons: readonly string[]) {
    super(message);
    this.answer = answer;
    this.reasons = reasons;
  }
}

/** A front in its process. Every call may throw; with {@link Unready} there is an execution all the same. */
export interface ProviderSide {
  check(urn: string, olds: Bag, news: Bag): Promise<{ inputs: Bag; reasons: readonly string[] }>;
  diff(urn: string, stored: StoredProperties, news: Bag): Promise<Compared>;
  create(urn: string, inputs: Bag): Promise<Answer>;
  update(urn: string, stored: StoredProperties, news: Bag): Promise<Answer>;
  read(urn: string, stored: StoredProperties): Promise<Answer>;
  delete(urn: string, stored: StoredProperties): Promise<void>;
  /** The preview's counterpart of a create; left out where it does nothing. */
  previewCreate?(urn: string, inputs: Bag): Promise<void>;
  /** As {@link previewCreate}. */
  previewUpdate?(urn: string, stored: StoredProperties, news: Bag): Promise<void>;
  /** Reads an execution that no stack has, by the id of an import; left out where there is no import. */
  import?(urn: string, id: string): Promise<Answer>;
}
