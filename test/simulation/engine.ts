/**
 * The engine, modelled after Pulumi 3.259 (`pkg/resource/deploy`): the order of its calls, the moments at which it
 * saves, and its refusals. One object is one command.
 */
import type { Host } from "./host";
import type { SimulatedProcess } from "./process";
import { importOf, inputsOf, urnOf } from "./program";
import type { Answer, Compared } from "./providerSide";
import { Unready } from "./providerSide";
import type { Deploy, Json, ResourceSpec, World } from "./script";
import type { Timeline } from "./timeline";
import type { Bag } from "./values";
import { refusalOf, travelled, unknownText, withoutSecrets } from "./values";

/** A resource in the state. */
export interface Saved {
  readonly name: string;
  readonly urn: string;
  id: string;
  inputs: Bag;
  outputs: Bag;
  initErrors: readonly string[];
  /** The provider wants it read before the next comparison. */
  readsFirst: boolean;
  /** It has been replaced and waits to be deleted. */
  isToDelete: boolean;
  /** The resource has been deleted and waits for its replacement. */
  isPendingReplacement: boolean;
  trigger: Json | undefined;
  readonly dependsOn: string | undefined;
}

/** A stack: the program as it is now, and the state. */
export interface Stack {
  readonly index: number;
  readonly name: string;
  program: ResourceSpec[];
  resources: Saved[];
  /** RandomUuid7 resources, by the name of the execution that uses them. */
  readonly keys: Map<string, { readonly keepers: number; readonly value: string }>;
  /** True if a deployment is under way. */
  isBusy: boolean;
}

/** One call to the provider. */
export interface Call {
  readonly operation: "create" | "update" | "read" | "delete";
  readonly stack: Stack;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Bag;
  /** The resource in the state when the call begins. */
  readonly old: Saved | undefined;
  /** A replacement that the engine makes without having asked the provider. */
  readonly isForced: boolean;
  /** For a deletion: another one takes its place. */
  readonly isReplaced?: boolean;
  readonly beganMs: number;
}

/** The end of a call. */
export type CallEnd =
  | ({ readonly kind: "done" } & Answer)
  | ({ readonly kind: "unready"; readonly reasons: readonly string[] } & Answer)
  | { readonly kind: "failed"; readonly message: string }
  /** The provider has answered, and the engine can't take it. */
  | { readonly kind: "refused"; readonly message: string }
  /** The provider's process is gone. */
  | { readonly kind: "lost" };

/** The observer of an engine. */
export interface EngineObserver {
  begin(call: Call): void;
  end(call: Call, end: CallEnd): void;
  /** The state has something new, or no longer has something. */
  saved(stack: Stack, saved: Saved, how: "created" | "updated" | "read" | "replaced" | "deleted"): void;
  /**
   * Gets the result of an import: the arguments that have to be in its inputs, these inputs, and the reasons for which
   * they are refused. `changes` is true if the outputs differ from the inputs.
   */
  imported(
    answer: Answer,
    compared: {
      readonly wanted: Bag;
      readonly inputs: Bag;
      readonly reasons: readonly string[];
      readonly changes: boolean;
    },
  ): void;
  note(text: string): void;
}

/** The parts of an engine. */
export interface EngineOptions {
  readonly world: World;
  readonly stack: Stack;
  readonly step: Deploy;
  readonly timeline: Timeline;
  readonly observer: EngineObserver;
  /** For `import`: the execution's id, where there is one. */
  readonly importedId?: string | undefined;
  /** Starts a process of the provider. */
  readonly openHost: (name: string) => { readonly host: Host; readonly process: SimulatedProcess };
  /** Makes the value of a RandomUuid7. */
  readonly newKey: () => string;
}

/** The result of a command. */
export interface EngineResult {
  readonly isOk: boolean;
  /** True where it was killed. */
  readonly isKilled: boolean;
  readonly errors: readonly { readonly name: string; readonly message: string }[];
  /** Calls that change something: create, update, delete. */
  readonly changes: number;
}

class StepFailed extends Error {}

type Step = "same" | "done" | "failed" | "skipped";

/** The engine's decision about a registration. */
interface Decision {
  readonly action: "create" | "replace" | "update" | "same";
  readonly inputs: Bag;
  readonly deleteFirst: boolean;
  readonly isForced: boolean;
}

/** One command. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #errors: { name: string; message: string }[] = [];
  #isAlive = true;
  #isCancelled = false;
  #hasFailed = false;
  #isCutShort = false;
  #changes = 0;
  #callsUnderWay = 0;
  #host: Host | undefined;
  #process: SimulatedProcess | undefined;
  #finish: (result: EngineResult) => void = () => undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Runs the command until it has ended or is killed. */
  run(): Promise<EngineResult> {
    return new Promise((resolve) => {
      this.#finish = (result) => {
        this.#isAlive = false;
        resolve(result);
      };
      void this.#command();
    });
  }

  /**
   * Kills the CLI. Its provider finds out by itself, where it lives on.
   * @param afterMs until the command is over; nothing is saved from now on.
   */
  kill(afterMs = 0): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    if (afterMs === 0) this.#finish(this.#result(true));
    else
      this.#options.timeline.after(afterMs, () => {
        this.#finish(this.#result(true));
      });
  }

  /** The first Ctrl-C: nothing new begins; the provider is told where it is at something. */
  cancel(): void {
    if (!this.#isAlive) return;
    this.#isCancelled = true;
    const isBusy = this.#callsUnderWay > 0;
    if (isBusy) this.#isCutShort = true;
    if (this.#process?.isAlive) this.#host?.cancel(isBusy);
  }

  /** The provider notices that its engine is gone, or that it is to end: it stops, and ends a little later. */
  orphan(): void {
    const process = this.#process;
    this.#host?.abort();
    this.#options.timeline.after(1_500, () => process?.kill());
  }

  /** Ends the provider's process at once. */
  killHost(): void {
    this.#process?.kill();
  }

  #result(isKilled: boolean): EngineResult {
    const isOk = !isKilled && !this.#hasFailed && !this.#isCancelled;
    return { isOk, isKilled, errors: this.#errors, changes: this.#changes };
  }

  async #command(): Promise<void> {
    const { step, timeline } = this.#options;
    await timeline.pass(300);
    if (step.do === "up" && step.preview === true && !(await this.#preview())) {
      this.#hasFailed = true;
    } else {
      this.#open(step.do);
      if (step.do === "import") await this.#import();
      else if (step.do === "refresh") await this.#refreshAll();
      else if (await this.#refreshFirst()) await (step.do === "up" ? this.#up() : this.#destroy());
    }
    await this.#close();
    if (this.#isAlive) this.#finish(this.#result(false));
  }

  #open(name: string): void {
    const { host, process } = this.#options.openHost(name);
    this.#host = host;
    this.#process = process;
  }

  // The engine tells its providers to end; one that is at rest has a little time.
  async #close(): Promise<void> {
    const [host, process] = [this.#host, this.#process];
    if (!host || !process?.isAlive || !this.#isAlive) return;
    const { timeline } = this.#options;
    const atRest = host.rest(this.#isCutShort);
    if (!this.#isCutShort) await Promise.race([atRest, timeline.pass(4_000)]);
    process.kill();
  }

  async #preview(): Promise<boolean> {
    this.#open("preview");
    const { stack } = this.#options;
    let isOk = true;
    for (const spec of stack.program) {
      if (!this.#isAlive) return false;
      if (!this.#isTarget(spec.name)) continue;
      const key = stack.keys.get(spec.name);
      const value =
        spec.executionKey === "random"
          ? key?.keepers === spec.version
            ? key.value
            : unknownText
          : spec.executionKey;
      const inputs = inputsOf(this.#options.world, stack.name, spec, value);
      const old = this.#present(spec.name);
      try {
        await this.#show(spec, inputs, old && (await this.#asRead(old)));
      } catch (error) {
        isOk = false;
        this.#errors.push({ name: spec.name, message: (error as Error).message });
      }
    }
    await this.#close();
    return isOk;
  }

  // The result of a read for a preview is not saved.
  async #asRead(old: Saved): Promise<Saved> {
    if (!old.readsFirst) return old;
    const { id, inputs, outputs, reasons } = await this.#read(old);
    return { ...old, id, inputs, outputs, initErrors: reasons };
  }

  async #show(spec: ResourceSpec, given: Bag, old: Saved | undefined): Promise<void> {
    const { action, inputs } = await this.#stepsOf(spec, given, old);
    const urn = urnOf(this.#options.world, this.#options.stack.name, spec.name);
    await this.#call(async ({ provider }) => {
      if (action === "create" || action === "replace") await provider.previewCreate?.(urn, inputs);
      if (action === "update" && old) await provider.previewUpdate?.(urn, old, inputs);
    });
  }

  #isTarget(name: string): boolean {
    const { target } = this.#options.step;
    return target === undefined || target === name;
  }

  #present(name: string): Saved | undefined {
    return this.#options.stack.resources.find((saved) => saved.name === name && !saved.isToDelete);
  }

  // The engine's work on a registration: checks, compares, decides.
  async #stepsOf(spec: ResourceSpec, given: Bag, old: Saved | undefined): Promise<Decision> {
    const isTargetedReplace = this.#options.step.replace === spec.name;
    const urn = urnOf(this.#options.world, this.#options.stack.name, spec.name);
    let inputs = await this.#check(urn, old && !isTargetedReplace ? old.inputs : {}, given);
    if (!old) return { action: "create", inputs, deleteFirst: false, isForced: false };
    const isTriggered =
      !isTargetedReplace &&
      old.trigger !== undefined &&
      spec.replacementTrigger !== undefined &&
      JSON.stringify(old.trigger) !== JSON.stringify(spec.replacementTrigger);
    const isForced = isTargetedReplace || isTriggered;
    const diff = isForced
      ? { changes: true, replaces: ["id"], deleteBeforeReplace: false }
      : await this.#diff(old, inputs);
    const replaces = diff.replaces.length > 0;
    if (diff.changes || old.isPendingReplacement) {
      if (replaces || isForced || old.isPendingReplacement) {
        if (!isTargetedReplace) inputs = await this.#check(urn, {}, given);
        const deleteFirst = spec.deleteBeforeReplace ?? diff.deleteBeforeReplace;
        return { action: "replace", inputs, deleteFirst, isForced };
      }
      return { action: "update", inputs, deleteFirst: false, isForced };
    }
    const action = old.initErrors.length > 0 ? "update" : "same";
    return { action, inputs, deleteFirst: false, isForced };
  }

  async #up(): Promise<void> {
    const { stack, step } = this.#options;
    if (step.refresh === true && !(await this.#refreshAll())) return;
    const results = new Map<string, Promise<Step>>();
    let generating: Promise<unknown> = Promise.resolve();
    for (const spec of stack.program) {
      const before = spec.dependsOn === undefined ? undefined : results.get(spec.dependsOn);
      results.set(
        spec.name,
        (async (): Promise<Step> => {
          const dependency = await before;
          if (dependency === "failed" || dependency === "skipped") return "skipped";
          const turn = generating.then(() => this.#generate(spec));
          generating = turn.catch(() => undefined);
          const work = await turn;
          return work === undefined ? "failed" : work();
        })(),
      );
    }
    await Promise.all(results.values());
    if (this.#hasFailed || this.#isCancelled || !this.#isAlive) return;
    await this.#deleteLeftovers();
  }

  // In the step generator one resource comes after the other; the decisions are then carried out side by side.
  async #generate(spec: ResourceSpec): Promise<(() => Promise<Step>) | undefined> {
    const { stack, world } = this.#options;
    const old = this.#present(spec.name);
    const skip = (): Promise<Step> => Promise.resolve("skipped");
    if (this.#hasFailed || this.#isCancelled) return skip;
    if (!this.#isTarget(spec.name)) return old ? (): Promise<Step> => Promise.resolve("same") : skip;
    const key = this.#keyOf(spec);
    try {
      const decided = await this.#stepsOf(spec, inputsOf(world, stack.name, spec, key), old);
      return async () => {
        if (this.#hasFailed || this.#isCancelled) return "skipped";
        try {
          return await this.#carryOut(spec, old, decided);
        } catch (error) {
          return this.#fail(spec.name, error);
        }
      };
    } catch (error) {
      this.#fail(spec.name, error);
      return undefined;
    }
  }

  #fail(name: string, error: unknown): "failed" {
    this.#hasFailed = true;
    this.#errors.push({ name, message: (error as Error).message });
    return "failed";
  }

  #keyOf(spec: ResourceSpec): string | undefined {
    const { stack, newKey } = this.#options;
    if (spec.executionKey !== "random") return spec.executionKey;
    const known = stack.keys.get(spec.name);
    if (known?.keepers === spec.version) return known.value;
    const value = newKey();
    stack.keys.set(spec.name, { keepers: spec.version, value });
    return value;
  }

  async #carryOut(
    spec: ResourceSpec,
    old: Saved | undefined,
    { action, inputs, deleteFirst, isForced }: Decision,
  ): Promise<Step> {
    switch (action) {
      case "same":
        if (old) {
          old.inputs = inputs;
          old.trigger = spec.replacementTrigger;
        }
        return "same";
      case "update":
        return this.#update(spec, old!, inputs);
      case "create":
        return this.#create(spec, undefined, inputs, { isForced, deletesOld: false });
      case "replace": {
        const replaced = old!;
        if (deleteFirst && !replaced.isPendingReplacement) {
          await this.#delete(replaced, true);
          replaced.isPendingReplacement = true;
          this.#options.observer.saved(this.#options.stack, replaced, "replaced");
        }
        return this.#create(spec, replaced, inputs, { isForced, deletesOld: deleteFirst });
      }
    }
  }

  async #create(
    spec: ResourceSpec,
    old: Saved | undefined,
    inputs: Bag,
    { isForced, deletesOld }: { readonly isForced: boolean; readonly deletesOld: boolean },
  ): Promise<Step> {
    const { stack, observer, world } = this.#options;
    const urn = urnOf(world, stack.name, spec.name);
    const call = this.#begin({ operation: "create", name: spec.name, urn, inputs, old, isForced });
    const end = await this.#answered(call, ({ provider }) => provider.create(urn, inputs));
    observer.end(call, end);
    if (end.kind !== "done" && end.kind !== "unready") throw new StepFailed(messageOf(end));
    const saved: Saved = {
      name: spec.name,
      urn,
      id: end.id,
      inputs,
      outputs: end.outputs,
      initErrors: end.kind === "unready" ? end.reasons : [],
      readsFirst: end.readsFirst === true,
      isToDelete: false,
      isPendingReplacement: false,
      trigger: spec.replacementTrigger,
      dependsOn: spec.dependsOn,
    };
    if (old && deletesOld) stack.resources = stack.resources.filter((other) => other !== old);
    else if (old) old.isToDelete = true;
    stack.resources.push(saved);
    observer.saved(stack, saved, "created");
    if (end.kind === "unready") throw new StepFailed(end.reasons.join("\n"));
    return "done";
  }

  async #update(spec: ResourceSpec, old: Saved, inputs: Bag): Promise<Step> {
    const { stack, observer } = this.#options;
    const call = this.#begin({
      operation: "update",
      name: spec.name,
      urn: old.urn,
      inputs,
      old,
      isForced: false,
    });
    const end = await this.#answered(call, ({ provider }) => provider.update(old.urn, old, inputs));
    observer.end(call, end);
    if (end.kind !== "done" && end.kind !== "unready") throw new StepFailed(messageOf(end));
    // The dynamic provider's outputs have the arguments; the plugin compares the former inputs.
    const isKept = end.kind === "unready" && this.#options.world.front === "plugin";
    if (!isKept) old.inputs = inputs;
    old.outputs = end.outputs;
    old.initErrors = end.kind === "unready" ? end.reasons : [];
    old.readsFirst = end.readsFirst === true;
    old.trigger = spec.replacementTrigger;
    observer.saved(stack, old, "updated");
    if (end.kind === "unready") throw new StepFailed(end.reasons.join("\n"));
    return "done";
  }

  async #delete(saved: Saved, isReplaced: boolean): Promise<void> {
    const { observer } = this.#options;
    const { name, urn, inputs } = saved;
    const call = this.#begin({
      operation: "delete",
      name,
      urn,
      inputs,
      old: saved,
      isForced: false,
      isReplaced,
    });
    const end = await this.#answered(call, ({ provider }) =>
      provider.delete(urn, saved).then(() => ({ id: saved.id, outputs: {} })),
    );
    observer.end(call, end);
    if (end.kind !== "done") throw new StepFailed(messageOf(end));
  }

  async #remove(saved: Saved): Promise<void> {
    const { stack, observer } = this.#options;
    if (!saved.isPendingReplacement || saved.isToDelete) await this.#delete(saved, saved.isToDelete);
    stack.resources = stack.resources.filter((other) => other !== saved);
    observer.saved(stack, saved, saved.isToDelete ? "replaced" : "deleted");
  }

  // At the end of an update: deletes resources that have been replaced, and those that the program no longer has.
  async #deleteLeftovers(): Promise<void> {
    const { stack } = this.#options;
    const wanted = new Set(stack.program.map(({ name }) => name));
    const condemned = stack.resources.filter((saved) => saved.isToDelete || !wanted.has(saved.name));
    await this.#removeAll(condemned.filter(({ name }) => this.#isTarget(name)));
    for (const name of stack.keys.keys()) {
      if (!wanted.has(name) && !this.#hasFailed) stack.keys.delete(name);
    }
  }

  async #removeAll(condemned: readonly Saved[]): Promise<void> {
    const done = new Map<Saved, Promise<boolean>>();
    const removeOne = (saved: Saved): Promise<boolean> => {
      const known = done.get(saved);
      if (known) return known;
      const work = (async (): Promise<boolean> => {
        const dependents = condemned.filter((other) => other.dependsOn === saved.name && other !== saved);
        const results = await Promise.all(dependents.map(removeOne));
        if (results.includes(false) || this.#hasFailed || this.#isCancelled) return false;
        try {
          await this.#remove(saved);
          return true;
        } catch (error) {
          this.#fail(saved.name, error);
          return false;
        }
      })();
      done.set(saved, work);
      return work;
    };
    await Promise.all(condemned.map(removeOne));
  }

  async #destroy(): Promise<void> {
    const { stack } = this.#options;
    await this.#removeAll([...stack.resources].reverse().filter(({ name }) => this.#isTarget(name)));
    if (!this.#hasFailed && !this.#isCancelled && this.#options.step.target === undefined) stack.keys.clear();
  }

  async #refreshAll(): Promise<boolean> {
    return this.#refreshEach(this.#options.stack.resources);
  }

  // Before an update or a destroy begins: reads the resources that the provider wants read, replaced ones too.
  async #refreshFirst(): Promise<boolean> {
    if (this.#options.step.refresh === true) return true;
    return this.#refreshEach(this.#options.stack.resources.filter(({ readsFirst }) => readsFirst));
  }

  async #refreshEach(resources: readonly Saved[]): Promise<boolean> {
    const { stack, observer } = this.#options;
    const results = await Promise.all(
      resources
        .filter(({ name, isPendingReplacement }) => this.#isTarget(name) && !isPendingReplacement)
        .map(async (saved) => {
          try {
            const before = saved.inputs;
            const { reasons, ...read } = await this.#read(saved);
            await this.#diff({ ...read, urn: saved.urn }, before);
            saved.inputs = read.inputs;
            saved.outputs = read.outputs;
            saved.initErrors = reasons;
            saved.readsFirst = read.readsFirst;
            observer.saved(stack, saved, "read");
            return true;
          } catch (error) {
            this.#fail(saved.name, error);
            return false;
          }
        }),
    );
    return !results.includes(false);
  }

  // Reads an execution that is to be taken over, and compares it with itself: a difference would be left for the
  // import.
  async #import(): Promise<void> {
    const { stack, world, observer, importedId } = this.#options;
    if (importedId === undefined || world.front !== "plugin") return;
    const urn = urnOf(world, stack.name, "taken");
    const { place, id } = importOf(world, importedId);
    const call = this.#begin({
      operation: "read",
      name: "taken",
      urn,
      inputs: place,
      old: undefined,
      isForced: false,
    });
    const end = await this.#answered(call, ({ provider }) => provider.import!(urn, id));
    observer.end(call, end);
    if (end.kind !== "done" && end.kind !== "unready") return;
    if (end.id === "") {
      // The service need not show yet an execution that it has just begun.
      this.#fail("taken", new Error("the resource does not exist"));
      return;
    }
    try {
      const given = end.inputs ?? {};
      const { inputs, reasons } = await this.#call(({ provider }) => provider.check(urn, {}, given));
      const { changes } = await this.#diff({ ...end, urn, inputs }, inputs);
      observer.imported(end, { wanted: place, inputs, reasons, changes });
    } catch (error) {
      this.#fail("taken", error);
    }
  }

  // A resource that is read as unready is no failure of the refresh.
  async #read(
    saved: Saved,
  ): Promise<{ id: string; inputs: Bag; outputs: Bag; reasons: readonly string[]; readsFirst: boolean }> {
    const { observer } = this.#options;
    const { name, urn, inputs } = saved;
    const call = this.#begin({ operation: "read", name, urn, inputs, old: saved, isForced: false });
    const end = await this.#answered(call, ({ provider }) => provider.read(urn, saved));
    observer.end(call, end);
    if (end.kind !== "done" && end.kind !== "unready") throw new StepFailed(messageOf(end));
    return {
      id: end.id,
      inputs: end.inputs ?? inputs,
      outputs: end.outputs,
      reasons: end.kind === "unready" ? end.reasons : [],
      readsFirst: end.readsFirst === true,
    };
  }

  #begin(call: Omit<Call, "stack" | "beganMs">): Call {
    const { stack, timeline, observer } = this.#options;
    const inputs = withoutSecrets(call.inputs) as Bag;
    const whole = { ...call, inputs, stack, beganMs: timeline.nowMs };
    if (call.operation !== "read") this.#changes += 1;
    observer.begin(whole);
    return whole;
  }

  async #check(urn: string, olds: Bag, news: Bag): Promise<Bag> {
    const { inputs, reasons } = await this.#call(({ provider }) => provider.check(urn, olds, news));
    if (reasons.length > 0) throw new StepFailed(reasons.join("; "));
    return travelled(inputs);
  }

  #diff({ urn, ...stored }: Pick<Saved, "urn" | "id" | "inputs" | "outputs">, news: Bag): Promise<Compared> {
    return this.#call(({ provider }) => provider.diff(urn, stored, news));
  }

  async #answered(call: Call, ask: (host: Host) => Promise<Answer>): Promise<CallEnd> {
    try {
      const answer = await this.#call(ask);
      if (call.operation === "create" && answer.id === "")
        return { kind: "refused", message: "plugin returned empty resource.ID" };
      return taken(answer) ?? { kind: "done", ...travelled(answer) };
    } catch (error) {
      if (error instanceof HostIsGone) return { kind: "lost" };
      const { message } = error as Error;
      const reasons = error instanceof Unready ? error.reasons : [];
      // A text that can't be put on the wire takes the whole process down, which nobody gets an answer from any more.
      if ([message, ...reasons].some((text) => !text.isWellFormed())) {
        return { kind: "refused", message: `URIError: URI malformed, in ${JSON.stringify(message)}` };
      }
      if (!(error instanceof Unready) || reasons.length === 0) return { kind: "failed", message };
      return taken(error.answer) ?? { kind: "unready", ...travelled(error.answer), reasons };
    }
  }

  // A call takes a little time both ways, and dies with either side.
  #call<T>(ask: (host: Host) => Promise<T>): Promise<T> {
    const { timeline } = this.#options;
    const [host, process] = [this.#host, this.#process];
    return new Promise((resolve, reject) => {
      if (!this.#isAlive || !host || !process) return;
      const gone = (): void => {
        timeline.after(1, () => {
          if (this.#isAlive) reject(new HostIsGone("error reading from server: EOF"));
        });
      };
      if (!process.isAlive) {
        gone();
        return;
      }
      process.onDeath(gone);
      this.#callsUnderWay += 1;
      const answer = (settle: () => void): void => {
        void process.act<undefined>("engine", (deliver) => {
          timeline.after(1, () => {
            deliver(() => {
              this.#callsUnderWay -= 1;
              if (this.#isAlive) settle();
              return undefined;
            });
          });
        });
      };
      timeline.after(1, () => {
        if (!process.isAlive) return;
        ask(host).then(
          (value) => {
            answer(() => {
              resolve(value);
            });
          },
          (error: unknown) => {
            answer(() => {
              reject(error instanceof Error ? error : new Error(String(error)));
            });
          },
        );
      });
    });
  }
}

class HostIsGone extends Error {}

/** The refusal of an answer that the engine does not take; undefined where it takes the answer. */
function taken({ id, outputs, inputs = {} }: Answer): CallEnd | undefined {
  const message = refusalOf(id, "id") ?? refusalOf(outputs) ?? refusalOf(inputs, "inputs");
  return message === undefined ? undefined : { kind: "refused", message };
}

function messageOf(end: CallEnd): string {
  switch (end.kind) {
    case "failed":
    case "refused":
      return end.message;
    case "unready":
      return end.reasons.join("\n");
    default:
      return "error reading from server: EOF";
  }
}
