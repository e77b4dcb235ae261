/**
 * One deployment: the provider's process, and the calls that the engine makes for a resource in their order, with the
 * parts of the answers that it keeps (`pkg/resource/deploy` of Pulumi 3.259).
 */
import type { Emulator } from "runbook-emulator";
import type { Comparison } from "../support/plugin/comparison";
import type { Answered, EngineSide } from "../support/plugin/engineSide";
import type { Plugin } from "../support/plugin/pluginProcess";
import type { Bag } from "../support/plugin/wireValues";
import { CallFailed } from "../support/plugin/providerCalls";
import type { Declared, Front } from "./front";
import { annotated, opened } from "./marks";

/** A resource in the state. */
export interface Kept {
  readonly id: string;
  readonly inputs: Bag;
  readonly outputs: Bag;
  /** The reasons for which the resource is not ready; empty where it is. */
  readonly reasons: readonly string[];
  /** The provider wants it read before the next comparison. */
  readonly readsFirst: boolean;
}

/** The result of a resource in a deployment. */
export interface Step {
  readonly action: "refused" | "created" | "replaced" | "updated" | "same" | "failed" | "gone";
  /** The arguments that are wrong, each with its problem. */
  readonly failures?: readonly { readonly property: string; readonly reason: string }[];
  /** The error that ended the step. */
  readonly error?: string;
  /** The resource in the state from now on. */
  readonly kept?: Kept;
  /** The properties for which the comparison found a replacement. */
  readonly replaces?: readonly string[];
}

/** The content of a preview. */
export interface Previewed {
  readonly action: "create" | "replace" | "update" | "same";
  readonly replaces: readonly string[];
  /** The outputs as far as they are known; undefined where none is. */
  readonly known: Bag | undefined;
}

/** One deployment of a front. */
export class Deployment {
  readonly #front: Front;
  readonly #process: Plugin;
  readonly #takesMarks: boolean;
  readonly #previews: boolean;

  private constructor(front: Front, process: Plugin) {
    this.#front = front;
    this.#process = process;
    this.#takesMarks = process.configured?.acceptsecrets === true;
    this.#previews = process.configured?.supportspreview === true;
  }

  /** @param hasSettings false for a stack whose configuration is empty. @default true */
  static async start(
    front: Front,
    emulator: Emulator,
    home: string,
    hasSettings = true,
  ): Promise<Deployment> {
    return new Deployment(front, await front.start(emulator, home, hasSettings));
  }

  get #engine(): EngineSide {
    return this.#process.engine;
  }

  /** The lines that stay on the screen for a resource. */
  said(declared: Declared): string[] {
    const urn = this.#front.urnOf(declared);
    return this.#engine.said.filter((each) => each.urn === urn && each.isKept).map(({ text }) => text);
  }

  /** `pulumi preview`. */
  async preview(declared: Declared, kept?: Kept): Promise<Previewed> {
    const urn = this.#front.urnOf(declared);
    const { inputs } = await this.#check(declared, kept);
    if (!kept) {
      return { action: "create", replaces: [], known: await this.#previewCreate(urn, inputs) };
    }
    const { changes, replaces } = await this.#diff(urn, kept, inputs);
    if (replaces.length > 0) {
      return { action: "replace", replaces, known: await this.#previewCreate(urn, inputs) };
    }
    if (changes === "none" && kept.reasons.length === 0) {
      return { action: "same", replaces, known: kept.outputs };
    }
    const answer = this.#previews
      ? await this.#engine.update(urn, kept.id, this.#sent(kept), this.#out(inputs), { isPreview: true })
      : undefined;
    return { action: "update", replaces, known: answer?.outputs };
  }

  /** `pulumi up`. */
  async up(declared: Declared, before?: Kept): Promise<Step> {
    const urn = this.#front.urnOf(declared);
    const { timeouts = {} } = declared;
    const kept = before?.readsFirst ? (await this.#read(urn, before)).kept : before;
    const { failures, inputs } = await this.#check(declared, kept);
    if (failures.length > 0) return { action: "refused", failures };
    if (!kept) return this.#create(urn, inputs, "created", timeouts.create);
    const { changes, replaces, deletesFirst } = await this.#diff(urn, kept, inputs);
    if (replaces.length > 0) {
      if (deletesFirst) await this.#delete(urn, kept);
      // The engine checks the replacement once more, without the state.
      const fresh = await this.#check(declared);
      const step = await this.#create(urn, fresh.inputs, "replaced", timeouts.create);
      if (!deletesFirst && step.kept) await this.#delete(urn, kept);
      return { ...step, replaces };
    }
    if (changes === "none" && kept.reasons.length === 0) {
      return { action: "same", kept: { ...kept, inputs } };
    }
    const { update: timeoutSeconds = 0 } = timeouts;
    const answer = this.#engine.update(urn, kept.id, this.#sent(kept), this.#out(inputs), { timeoutSeconds });
    // After an update that fails, the inputs are those of before.
    return this.#settle("updated", answer, { ready: inputs, unready: kept.inputs });
  }

  /** `pulumi refresh`: reads, and compares for the display. */
  async refresh(declared: Declared, before: Kept): Promise<Step> {
    const urn = this.#front.urnOf(declared);
    const step = await this.#read(urn, before);
    if (step.kept) await this.#diff(urn, step.kept, step.kept.inputs);
    return step;
  }

  /** `pulumi import`: there is no state yet. */
  import(declared: Declared, id: string): Promise<Step> {
    const nothing = { ready: {}, unready: {} };
    return this.#settle("same", this.#engine.read(this.#front.urnOf(declared), id), nothing);
  }

  /** `pulumi destroy`. @returns the error, where there is one */
  async destroy(declared: Declared, kept: Kept): Promise<string | undefined> {
    return this.#delete(this.#front.urnOf(declared), kept).then(
      () => undefined,
      (error: unknown) => (error as CallFailed).message,
    );
  }

  /** The first Ctrl-C. */
  cancel(): Promise<void> {
    return this.#engine.cancel();
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #check(
    declared: Declared,
    kept?: Kept,
  ): Promise<{ inputs: Bag; failures: { property: string; reason: string }[] }> {
    const news = await this.#front.register(declared);
    const olds = this.#out(kept?.inputs ?? {});
    const urn = this.#front.urnOf(declared);
    const { inputs, failures } = await this.#engine.check(urn, this.#out(news), olds);
    return { inputs: this.#in(inputs, news), failures };
  }

  #diff(urn: string, kept: Kept, inputs: Bag): Promise<Comparison> {
    return this.#engine.diff(urn, kept.id, this.#sent(kept), this.#out(inputs));
  }

  #create(urn: string, inputs: Bag, action: Step["action"], timeoutSeconds = 0): Promise<Step> {
    const answer = this.#engine.create(urn, this.#out(inputs), { timeoutSeconds });
    return this.#settle(action, answer, { ready: inputs, unready: inputs });
  }

  async #previewCreate(urn: string, inputs: Bag): Promise<Bag | undefined> {
    if (!this.#previews) return undefined;
    return (await this.#engine.create(urn, this.#out(inputs), { isPreview: true })).outputs;
  }

  async #read(urn: string, kept: Kept): Promise<Step> {
    const { inputs } = kept;
    const answer = this.#engine.read(urn, kept.id, this.#sent(kept));
    const step = await this.#settle("same", answer, { ready: inputs, unready: inputs }, kept.outputs);
    return step.kept?.id === "" ? { action: "gone" } : step;
  }

  async #delete(urn: string, kept: Kept): Promise<void> {
    await this.#engine.delete(urn, kept.id, this.#sent(kept));
  }

  async #settle(
    action: Step["action"],
    answer: Promise<Answered>,
    inputs: { readonly ready: Bag; readonly unready: Bag },
    given: Bag = inputs.ready,
  ): Promise<Step> {
    try {
      const { id, outputs, inputs: answered, refreshBeforeUpdate } = await answer;
      const kept = {
        id,
        inputs: answered ?? inputs.ready,
        outputs: this.#in(outputs, given),
        reasons: [],
        readsFirst: refreshBeforeUpdate,
      };
      return { action, kept };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { initFailure: unready } = error;
      if (!unready) return { action: "failed", error: error.message };
      const kept = {
        id: unready.id,
        inputs: unready.inputs ?? inputs.unready,
        outputs: this.#in(unready.outputs, given),
        reasons: unready.reasons,
        readsFirst: unready.refreshBeforeUpdate,
      };
      return { action, kept };
    }
  }

  #sent({ inputs, outputs }: Kept): { inputs: Bag; outputs: Bag } {
    return { inputs: this.#out(inputs), outputs: this.#out(outputs) };
  }

  #out(bag: Bag): Bag {
    return this.#takesMarks ? bag : (opened(bag) as Bag);
  }

  #in(bag: Bag, given: Bag): Bag {
    return this.#takesMarks ? bag : annotated(bag, given);
  }
}
