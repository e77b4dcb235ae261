/**
 * The engine, modelled after Pulumi 3.259 (`pkg/resource/deploy`): what it calls in which order, what it saves when, and what
 * it refuses. One object is one command.
 */
import type { CreatedButNotReady } from "../../provider/src/fronts/dynamic/hostErrors";
import type { Host } from "./host";
import type { SimulatedProcess } from "./process";
import { inputsOf, urnOf } from "./program";
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
  /** It has been replaced and waits to be deleted. */
  isToDelete: boolean;
  /** It has been deleted and waits for what takes its place. */
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
  /** Whether a deployment is under way. */
  isBusy: boolean;
}

/** One call to the provider. */
export interface Call {
  readonly operation: "create" | "update" | "read" | "delete";
  readonly stack: Stack;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Bag;
  /** What the state has of it when the call begins. */
  readonly old: Saved | undefined;
  /** A replacement that the engine makes without having asked the provider. */
  readonly isForced: boolean;
  /** For a deletion: another one takes its place. */
  readonly isReplaced?: boolean;
  readonly beganMs: number;
}

/** How a call has ended. */
export type CallEnd =
  | { readonly kind: "done"; readonly id: string; readonly outputs: Bag }
  | {
      readonly kind: "unready";
      readonly id: string;
      readonly outputs: Bag;
      readonly reasons: readonly string[];
    }
  | { readonly kind: "failed"; readonly message: string }
  /** The provider has answered, and the engine can't take it. */
  | { readonly kind: "refused"; readonly message: string }
  /** The provider's process is gone. */
  | { readonly kind: "lost" };

/** What watches an engine. */
export interface EngineObserver {
  begin(call: Call): void;
  end(call: Call, end: CallEnd): void;
  /** The state has something new, or no longer has something. */
  saved(stack: Stack, saved: Saved, how: "created" | "updated" | "read" | "replaced" | "deleted"): void;
  note(text: string): void;
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly world: World;
  readonly stack: Stack;
  readonly step: Deploy;
  readonly timeline: Timeline;
  readonly observer: EngineObserver;
  /** Starts a process of the provider. */
  readonly openHost: (name: string) => { readonly host: Host; readonly process: SimulatedProcess };
  /** Makes the value of a RandomUuid7. */
  readonly newKey: () => string;
}

/** How a command has ended. */
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

/** What is to be done with a registration. */
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
    if (this.#callsUnderWay === 0) return;
    this.#isCutShort = true;
    this.#host?.abort();
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
      if (step.do === "up") await this.#up();
      else if (step.do === "refresh") await this.#refresh();
      else await this.#destroy();
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
    if (!this.#isCutShort) {
      const atRest = host.rest();
      await Promise.race([atRest, timeline.pass(4_000)]);
    }
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
        await this.#stepsOf(spec, inputs, old);
      } catch (error) {
        isOk = false;
        this.#errors.push({ name: spec.name, message: (error as Error).message });
      }
    }
    await this.#close();
    return isOk;
  }

  #isTarget(name: string): boolean {
    const { target } = this.#options.step;
    return target === undefined || target === name;
  }

  #present(name: string): Saved | undefined {
    return this.#options.stack.resources.find((saved) => saved.name === name && !saved.isToDelete);
  }

  // What the engine makes of a registration: checks, compares, decides.
  async #stepsOf(spec: ResourceSpec, given: Bag, old: Saved | undefined): Promise<Decision> {
    const isTargetedReplace = this.#options.step.replace === spec.name;
    let inputs = await this.#check(old && !isTargetedReplace ? old.inputs : {}, given);
    if (!old) return { action: "create", inputs, deleteFirst: false, isForced: false };
    const isTriggered =
      !isTargetedReplace &&
      old.trigger !== undefined &&
      spec.replacementTrigger !== undefined &&
      JSON.stringify(old.trigger) !== JSON.stringify(spec.replacementTrigger);
    const isForced = isTargetedReplace || isTriggered;
    const diff = isForced
      ? { changes: true, replaces: ["id"], deleteBeforeReplace: false }
      : await this.#diff(old.id, old.outputs, inputs);
    const replaces = (diff.replaces ?? []).length > 0;
    if (diff.changes === true || old.isPendingReplacement) {
      if (replaces || isForced || old.isPendingReplacement) {
        if (!isTargetedReplace) inputs = await this.#check({}, given);
        const deleteFirst = spec.deleteBeforeReplace ?? diff.deleteBeforeReplace ?? false;
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

  // In the step generator one resource comes after the other; what has been decided is then done side by side.
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
    const urn = urnOf(world.service, stack.name, spec.name);
    const call = this.#begin({ operation: "create", name: spec.name, urn, inputs, old, isForced });
    const end = await this.#answered(call, (host) =>
      host.provider
        .create(this.#sent(inputs))
        .then((result) => ({ id: result.id, outputs: result.outs as Bag })),
    );
    observer.end(call, end);
    if (end.kind !== "done" && end.kind !== "unready") throw new StepFailed(messageOf(end));
    const saved: Saved = {
      name: spec.name,
      urn,
      id: end.id,
      inputs,
      outputs: end.outputs,
      initErrors: end.kind === "unready" ? end.reasons : [],
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
    const end = await this.#answered(call, (host) =>
      host.provider
        .update(old.id, this.#sent(old.outputs), this.#sent(inputs))
        .then((result) => ({ id: old.id, outputs: result.outs as Bag })),
    );
    observer.end(call, end);
    if (end.kind !== "done" && end.kind !== "unready") throw new StepFailed(messageOf(end));
    old.inputs = inputs;
    old.outputs = end.outputs;
    old.initErrors = end.kind === "unready" ? end.reasons : [];
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
    const end = await this.#answered(call, (host) =>
      host.provider.delete(saved.id, this.#sent(saved.outputs)).then(() => ({ id: saved.id, outputs: {} })),
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

  // At the end of an update: what has been replaced, and what the program no longer has.
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

  async #refresh(): Promise<void> {
    await this.#refreshAll();
  }

  async #refreshAll(): Promise<boolean> {
    const { stack, observer } = this.#options;
    const results = await Promise.all(
      stack.resources
        .filter(({ name, isPendingReplacement }) => this.#isTarget(name) && !isPendingReplacement)
        .map(async (saved) => {
          try {
            const { name, urn, inputs } = saved;
            const call = this.#begin({ operation: "read", name, urn, inputs, old: saved, isForced: false });
            const end = await this.#answered(call, (host) =>
              host.provider
                .read(saved.id, this.#sent(saved.outputs))
                .then((result) => ({ id: result.id ?? "", outputs: (result.props ?? {}) as Bag })),
            );
            observer.end(call, end);
            if (end.kind !== "done") throw new StepFailed(messageOf(end));
            await this.#diff(saved.id, end.outputs, inputs);
            saved.outputs = end.outputs;
            saved.initErrors = [];
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

  #begin(call: Omit<Call, "stack" | "beganMs">): Call {
    const { stack, timeline, observer } = this.#options;
    const whole = { ...call, stack, beganMs: timeline.nowMs };
    if (call.operation !== "read") this.#changes += 1;
    observer.begin(whole);
    return whole;
  }

  async #check(olds: Bag, news: Bag): Promise<Bag> {
    const result = await this.#call((host) => host.provider.check(this.#sent(olds), this.#sent(news)));
    const failures = result.failures ?? [];
    if (failures.length > 0) throw new StepFailed(failures.map(({ reason }) => reason).join("; "));
    return travelled(result.inputs as Bag);
  }

  #diff(
    id: string,
    olds: Bag,
    news: Bag,
  ): Promise<{ changes?: boolean; replaces?: string[]; deleteBeforeReplace?: boolean }> {
    return this.#call((host) => host.provider.diff(id, this.#sent(olds), this.#sent(news)));
  }

  #sent(bag: Bag): Bag {
    return travelled(withoutSecrets(bag) as Bag);
  }

  async #answered(call: Call, ask: (host: Host) => Promise<{ id: string; outputs: Bag }>): Promise<CallEnd> {
    try {
      const { id, outputs } = await this.#call(ask);
      if (call.operation === "create" && id === "")
        return { kind: "refused", message: "plugin returned empty resource.ID" };
      const refusal = refusalOf(id, "id") ?? refusalOf(outputs);
      if (refusal !== undefined) return { kind: "refused", message: refusal };
      return { kind: "done", id, outputs: travelled(outputs) };
    } catch (error) {
      if (error instanceof HostIsGone) return { kind: "lost" };
      const { message, id, properties = {}, reasons = [] } = error as Partial<CreatedButNotReady> & Error;
      // A text that can't be put on the wire takes the whole process down, which nobody gets an answer from any more.
      if ([message, ...reasons].some((text) => !text.isWellFormed())) {
        return { kind: "refused", message: `URIError: URI malformed, in ${JSON.stringify(message)}` };
      }
      if (id === undefined || reasons.length === 0) return { kind: "failed", message };
      const refusal = refusalOf(id, "id") ?? refusalOf(properties);
      if (refusal !== undefined) return { kind: "refused", message: refusal };
      return { kind: "unready", id, outputs: travelled(properties), reasons };
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
