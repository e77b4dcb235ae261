/**
 * Settles which values in the arguments are secret. The host passes the arguments in the clear, so there are three
 * other sources:
 * - the program: its constructor notes the secrets;
 * - the state: a secret stays secret until the program takes the mark back and the value is new;
 * - the value itself, if it is not the program's: a value that a transform put there may be a secret.
 */
import type { BackendDefinition } from "../../lifecycle";
import { payloadArguments } from "../../lifecycle";
import { foreignPaths, notedPaths, secretNote } from "./argumentDigests";
import { metaProperty, readProperties } from "./properties";
import type { PropertyPath } from "../shared/propertyPaths";
import { PathSet, argumentsOf, matches, readPattern, replacedAt } from "../shared/propertyPaths";
import { SecretMemory } from "../shared/secretMemory";
import { secretOf, unknownText } from "../shared/wireMarkers";

type Properties = Readonly<Record<string, unknown>>;

/** Arguments about which all is said that can be said. */
export interface SettledArguments {
  /** For the engine: `__meta` names the secrets, and those are marked that the engine does not know as such. */
  readonly inputs: Record<string, unknown>;
  /** The same in the clear, with the paths of all that is, or may turn out to be, secret. */
  readonly seen: Properties;
}

/** Settles which values in the arguments of a service's resources are secret. */
export class SecretArguments {
  readonly #payload: readonly string[];
  readonly #stored = new SecretMemory();

  constructor(definition: BackendDefinition) {
    this.#payload = payloadArguments(definition);
  }

  /**
   * Compares the program's values with the state's. The result is the same in a preview as in the deployment, unless a
   * value is not known yet: then the secrets are not known either, and an update plan accepts any answer.
   */
  settle(olds: Properties, news: Properties): SettledArguments {
    const { args, meta, notes, ignoreChanges, urn } = readProperties(news);
    if (notes === undefined) return { inputs: { ...news }, seen: news };
    const hasState = Object.keys(olds).length > 0;
    const ignored = ignoreChanges.map(readPattern).filter(({ length }) => length > 0);
    const isIgnored = (path: PropertyPath): boolean => ignored.some((pattern) => matches(pattern, path));

    const [open, marked] = [notedPaths(notes, unknownText), notedPaths(notes, secretNote)];
    const foreign = this.#payload.flatMap((name) => foreignPaths(news[name], notes[name], [name], isIgnored));
    const program = new PathSet([...marked, ...foreign]).outermost();
    const kept =
      this.#stored.of(urn, hasState ? readProperties(olds) : undefined)?.keptIn(args, ignored) ?? [];
    const secretPaths = new PathSet([...program, ...kept]).outermost();

    const { notes: _notes, ignoreChanges: _ignored, ...rest } = meta;
    // The run's key is made of the program's secrets alone: a deployment that is interrupted may leave no state.
    const [secretArguments, programSecrets] = [argumentsOf(secretPaths), argumentsOf(program)];
    const all = {
      secretArguments,
      ...(secretPaths.length > 0 ? { secretPaths } : {}),
      ...(secretArguments.length > programSecrets.length ? { programSecrets } : {}),
    };
    const unknown = { secretArguments: unknownText, secretPaths: unknownText, programSecrets: unknownText };
    // The engine marks the values that the program marks. The values that it puts back for `ignoreChanges` have marks
    // as well, but it puts nothing back if the lengths of lists differ. A second mark does no harm.
    const isKnown = new PathSet([...marked, ...open]);
    const marks = kept.filter((path) => !isKnown.has(path));
    return {
      inputs: {
        ...(replacedAt(news, new PathSet(marks).outermost(), secretOf) as Properties),
        [metaProperty]: { ...rest, ...(open.length === 0 ? all : unknown) },
      },
      seen: {
        ...news,
        [metaProperty]: { ...rest, secretPaths: new PathSet([...secretPaths, ...open]).outermost() },
      },
    };
  }
}
