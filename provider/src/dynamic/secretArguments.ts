/**
 * Which arguments are secret. The host hands them over in the clear, so three others have to say: the program (its
 * constructor notes it), the state (what was secret stays so until the program takes it back and the value is new), and
 * the value itself, where it is not the program's: what a transform put there may be a secret.
 */
import type { BackendDefinition } from "../lifecycle";
import { isUnchanged, payloadArguments } from "../lifecycle";
import { digestOf, isIgnored, secretNote } from "./argumentDigests";
import { metaProperty, readProperties } from "./properties";
import { secretOf, unknownText } from "./wireMarkers";

type Properties = Readonly<Record<string, unknown>>;

/** Arguments about which all is said that can be said. */
export interface SettledArguments {
  /** For the engine: `__meta` names the secret arguments, and those are marked that the engine does not know as such. */
  readonly inputs: Record<string, unknown>;
  /** The same in the clear, with the names of all that is, or may turn out to be, secret. */
  readonly seen: Properties;
}

/** Settles which arguments of a service's resources are secret. */
export class SecretArguments {
  readonly #definition: BackendDefinition;
  readonly #payload: readonly string[];
  // A replacement is checked twice, the second time without the state that it replaces.
  readonly #kept = new Map<string, readonly string[]>();

  constructor(definition: BackendDefinition) {
    this.#definition = definition;
    this.#payload = payloadArguments(definition);
  }

  /**
   * Compares what the program gives with what the state has. The same in a preview as in the deployment, but where a
   * value is not known yet: then it is not known either which arguments are secret, and an update plan accepts any.
   */
  settle(olds: Properties, news: Properties): SettledArguments {
    const { meta, notes, ignoreChanges, urn } = readProperties(news);
    if (notes === undefined) return { inputs: { ...news }, seen: news };
    const hasState = Object.keys(olds).length > 0;
    const kept = hasState ? this.#keptOf(olds, news) : (this.#kept.get(urn ?? "") ?? []);
    if (hasState && urn !== undefined) this.#kept.set(urn, kept);

    const noted = (note: string): string[] => Object.keys(notes).filter((name) => notes[name] === note);
    const isForeign = (name: string): boolean =>
      news[name] != null && digestOf(name, news[name], ignoreChanges) !== notes[name];
    const open = noted(unknownText);
    const program = [
      ...noted(secretNote),
      ...this.#payload.filter(
        (name) => ![secretNote, unknownText].includes(notes[name] as string) && isForeign(name),
      ),
    ];
    const secretArguments = union(program, kept);

    const { notes: _notes, ignoreChanges: _ignored, ...rest } = meta;
    // The run's key is made of what the program says alone: a deployment that is cut short may leave no state.
    const all = {
      secretArguments,
      ...(secretArguments.length > union(program).length ? { programSecrets: union(program) } : {}),
    };
    const settled = open.length === 0 ? all : { secretArguments: unknownText, programSecrets: unknownText };
    const marks = kept
      // What the engine puts back has its marks; so has what a transform made secret.
      .filter((name) => !program.includes(name) && !(hasState && isIgnored(name, ignoreChanges)))
      .filter((name) => news[name] != null && notes[name] !== unknownText)
      .map((name) => [name, secretOf(news[name])] as const);
    return {
      inputs: { ...news, ...Object.fromEntries(marks), [metaProperty]: { ...rest, ...settled } },
      seen: { ...news, [metaProperty]: { ...rest, secretArguments: union(secretArguments, open) } },
    };
  }

  // What `ignoreChanges` covers is not taken back: the program says that its own value does not count.
  #keptOf(olds: Properties, news: Properties): string[] {
    const before = readProperties(olds);
    const { args, ignoreChanges } = readProperties(news);
    return before.secretArguments.filter(
      (name) =>
        args[name] !== undefined &&
        (isIgnored(name, ignoreChanges) ||
          isUnchanged(this.#definition, name, before.args[name], args[name])),
    );
  }
}

function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}
