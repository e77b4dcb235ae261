/**
 * Knows the truth and judges: the number of executions of each wanted run, lost ids, false statements in states and
 * messages, and waits that are too long. The contract is docs/explanation/one-run-once.md; its exceptions are counted.
 */
import { falseClaims } from "./claims";
import type { Counters, Exception } from "./counters";
import type { Call, CallEnd, EngineObserver, Saved, Stack } from "./engine";
import type { Machine } from "./machine";
import { inputNames, isNamed, showsMarks, tagOf, workflowOf } from "./program";
import type { Answer } from "./providerSide";
import type { Deploy, RequestKind, ResourceSpec, World } from "./script";
import type { Execution, Origin, Truth } from "./services/truth";
import type { Timeline } from "./timeline";
import type { Bag } from "./values";
import { canonical } from "./values";

/** Something that must not be. */
export interface Violation {
  /** Short and the same for the same kind. */
  readonly kind: string;
  readonly text: string;
}

/** A deployment, as the oracle follows it. */
export interface Followed {
  readonly number: number;
  readonly stack: Stack;
  readonly machine: Machine;
  readonly step: Deploy;
  readonly beganMs: number;
  /** Everything that this deployment's creates have wanted. */
  readonly wants: Want[];
  abortedMs: number | undefined;
  isPreview: boolean;
  clockJumped: boolean;
  /** Number of its starts that the service has handled. */
  starts: number;
  /** Number of starts that it has sent. */
  sent: number;
  lostStart: boolean;
  /** It was cut short. */
  wasKilled: boolean;
  /** A list came without something that it should have had. */
  wasListCut: boolean;
  /** A start was answered with the id of something else. */
  wasLiedTo: boolean;
}

/** One try to have a wanted run. */
interface Attempt {
  readonly deployment: Followed;
  readonly inputs: Bag;
  readonly isForced: boolean;
  readonly journalLosses: number;
}

/** One run that a program wants. */
export interface Want {
  readonly serial: number;
  readonly stack: Stack;
  readonly name: string;
  readonly urn: string;
  readonly workflow: string;
  readonly identity: string;
  /** As the last attempt has them: how to wait may have changed. */
  inputs: Bag;
  readonly executionKey: string | undefined;
  readonly supersededId: string | undefined;
  readonly isTeardown: boolean;
  isForced: boolean;
  readonly attempts: Attempt[];
  readonly started: { readonly execution: Execution; readonly attempt: Attempt }[];
  /** Number of requests to start it that have been sent. */
  sent: number;
  state: "open" | "satisfied" | "given up";
  executionId: string | undefined;
  /** The person has said "allow" to it. */
  isAllowed: boolean;
  /** The message of the last try. */
  lastError: string;
  /** Number of its tries that have seen an execution fail, where each is an attempt of its own. */
  failed: number;
}

interface CallRecord {
  readonly call: Call;
  readonly deployment: Followed;
  readonly want: Want | undefined;
  started: number;
  sent: number;
}

// Arguments that say how to wait, not what to run.
const waits = new Set([
  "waitFor",
  "timeoutSeconds",
  "onTimeout",
  "onFailure",
  "onDelete",
  "rerunOn",
  "concurrency",
  "adoptExecutionId",
]);

// One request may take this long, and a start that is in doubt is looked for this long.
const requestMs = 31_000;
const doubtMs = 46_000;
// However short its time is, a start that has to wait for nothing is sent within this time.
const sendMs = 30_000;
// Longest time of one status request, with all its attempts.
const lookMs = 300_000;
// Time that the engine and the disk take besides.
const besidesMs = 1_000;
const expressMs = 366_000;

/** The judge of one run. */
export class Oracle {
  readonly violations: Violation[] = [];
  readonly wants: Want[] = [];
  readonly #world: World;
  readonly #truth: Truth;
  readonly #timeline: Timeline;
  readonly #counters: Counters;
  readonly #note: (text: string) => void;
  readonly #calls = new Set<CallRecord>();
  readonly #deployments = new Map<number, Followed>();
  readonly #epochs = new Map<string, number>();
  /** Ids that a stack's state has had. */
  readonly #had = new Map<Stack, Set<string>>();
  readonly #versions = new Map<string, string[]>();
  /** For each resource, which machines were told that it is gone from the state, by time. */
  readonly #destroys = new Map<string, { readonly machine: Machine | undefined; readonly ms: number }[]>();
  /** Deletes that a deployment began for a resource that is to go. */
  readonly #deletes: { readonly deployment: Followed; readonly urn: string; readonly ms: number }[] = [];
  /** Executions that an exception gave to another run than the one that they were started for. */
  readonly #strays = new Set<Execution>();
  /** Executions that an exception lets be a second one. */
  readonly #excused = new Set<Execution>();
  /** The last arming of each teardown runbook, and the losses of its machine by then. */
  readonly #armings = new Map<string, { readonly machine: Machine; readonly journalLosses: number }>();
  /** Copies of teardown runbooks that a deployment deletes because they have been replaced. */
  readonly #copies: {
    readonly deployment: Followed;
    readonly urn: string;
    readonly id: string | undefined;
    readonly inputs: Bag;
  }[] = [];
  /** The id that a machine, as its journal knows, has armed last for each resource. */
  readonly #lastArmed = new Map<string, string>();
  /** Teardowns that are left to the old copy, which the same destroy deletes. */
  readonly #leftToCopy: { readonly deployment: Followed; readonly want: Want }[] = [];
  /** The deployments that have told an execution to stop. */
  readonly #stops: { readonly execution: Execution; readonly deployment: Followed }[] = [];
  #lastDelete: { readonly urn: string; readonly machine: Machine } | undefined;
  isHealed = false;

  constructor(
    world: World,
    truth: Truth,
    timeline: Timeline,
    counters: Counters,
    note: (text: string) => void,
  ) {
    this.#world = world;
    this.#truth = truth;
    this.#timeline = timeline;
    this.#counters = counters;
    this.#note = note;
    truth.onStart = (execution) => {
      this.#started(execution);
    };
    truth.onStop = (execution, origin) => {
      this.#stopped(execution, origin);
    };
  }

  /** Something must not be. */
  violate(kind: string, text: string): void {
    this.#note(`!!! ${kind}: ${text}`);
    if (this.violations.length < 20) this.violations.push({ kind, text });
  }

  follow(deployment: Followed): void {
    this.#deployments.set(deployment.number, deployment);
  }

  /** True where an execution bears the mark of its start, so that it is recognised. */
  get #isMarked(): boolean {
    const { headers = "shown" } = this.#world;
    return isNamed(this.#world) || (showsMarks(this.#world) && headers === "shown");
  }

  // ---- calls

  begin(call: Call, deployment: Followed): void {
    let want: Want | undefined;
    const runsOn = call.inputs["runOn"] ?? "create";
    if (call.operation === "create" && runsOn !== "destroy") want = this.#wanted(call, deployment);
    if (call.operation === "delete" && runsOn === "destroy" && call.isReplaced !== true) {
      want = this.#wanted(call, deployment);
    }
    if (call.operation === "delete" && runsOn === "destroy" && call.isReplaced === true) {
      this.#copies.push({ deployment, urn: call.urn, id: call.old?.id, inputs: call.inputs });
    }
    if (call.operation === "delete" && call.isReplaced !== true) {
      this.#deletes.push({ deployment, urn: call.urn, ms: this.#timeline.nowMs });
    }
    this.#calls.add({ call, deployment, want, started: 0, sent: 0 });
  }

  end(call: Call, end: CallEnd): void {
    const record = [...this.#calls].find((one) => one.call === call);
    if (!record) return;
    this.#calls.delete(record);
    const { deployment, want } = record;
    this.#note(`${deployment.stack.name}/${call.name} ${call.operation}: ${describeEnd(end)}`);
    if (end.kind === "lost") {
      this.#counters.sometimes("the provider's process alone was killed");
      return;
    }
    this.#judgeTime(record, end);
    if (record.started > 0 && deployment.machine.damagedUrns.delete(call.urn)) {
      this.violate("a damaged record is passed over in silence", call.name);
    }
    if (end.kind === "failed" && end.message.includes("clock is off by more than 15 minutes")) {
      this.#counters.sometimes("a machine's clock was so wrong that it was refused");
    }
    if (
      call.operation === "update" &&
      end.kind === "done" &&
      (call.old?.initErrors.join() ?? "").includes("WFX-EXECUTION-TIMEOUT")
    ) {
      this.#counters.sometimes("an execution was awaited past its deadline and resumed");
    }
    const texts = end.kind === "failed" ? [end.message] : end.kind === "unready" ? end.reasons : [];
    for (const text of texts) this.#judgeText(text, record);
    if (end.kind === "refused") {
      this.violate(
        "the engine refuses what the provider answers",
        `${call.operation} of ${call.name}: ${end.message}`,
      );
    }
    if (want && end.kind === "failed") {
      want.lastError = end.message;
      if (want.isTeardown && end.message.includes("WFX-EXECUTION-FAILED")) want.failed += 1;
      if (isQuestion(end.message)) this.#asked(want, end.message);
    }
    if (call.operation === "create" && end.kind === "done" && call.inputs["runOn"] === "destroy") {
      const { machine } = deployment;
      this.#armings.set(call.urn, { machine, journalLosses: machine.journalLosses });
      this.#lastArmed.set(armingOf(machine, call.urn), end.id);
    }
    if (call.operation === "delete" && end.kind === "done") this.#deleted(record);
    if (call.operation === "delete" && end.kind === "done" && call.isReplaced === true) {
      const left = this.#leftToCopy.filter(
        (one) => one.deployment === deployment && one.want.urn === call.urn,
      );
      for (const { want: one } of left) this.#judgeTeardown(one);
    }
    // A destroyed resource has had its end, also where Pulumi could not record that in the state.
    if (call.operation === "delete" && end.kind === "done" && !want && call.isReplaced !== true) {
      this.#epochs.set(call.urn, (this.#epochs.get(call.urn) ?? 0) + 1);
    }
  }

  saved(stack: Stack, saved: Saved, how: "created" | "updated" | "read" | "replaced" | "deleted"): void {
    const runsOnDestroy = saved.inputs["runOn"] === "destroy";
    if (how === "created" || how === "updated" || how === "read") {
      if (!runsOnDestroy) {
        const had = this.#had.get(stack) ?? new Set();
        had.add(saved.id);
        this.#had.set(stack, had);
        if (how === "created") this.#satisfied(stack, saved);
        this.#judgeState(saved);
      }
    }
    if (how === "replaced") this.#lastDelete = undefined;
    if (how === "deleted") {
      this.#epochs.set(saved.urn, (this.#epochs.get(saved.urn) ?? 0) + 1);
      this.#giveUp(saved.urn);
      const destroys = this.#destroys.get(saved.urn) ?? [];
      const machine = this.#lastDelete?.urn === saved.urn ? this.#lastDelete.machine : undefined;
      this.#destroys.set(saved.urn, [...destroys, { machine, ms: this.#timeline.nowMs }]);
    }
  }

  /** An execution was read for an import: as it is, with arguments that name it, and nothing left to do. */
  imported(
    { id }: Answer,
    { wanted, inputs, reasons, changes }: Parameters<EngineObserver["imported"]>[1],
  ): void {
    if (reasons.length > 0) this.violate("what is imported is refused", reasons.join("; "));
    const isNamedByInputs = Object.entries(wanted).every(([name, value]) => inputs[name] === value);
    if (!isNamedByInputs) this.violate("an import does not say what it is of", `${id}: ${canonical(inputs)}`);
    if (changes) this.violate("what is imported would be changed at once", id);
  }

  /** A message of the provider on its way to the user. */
  message(deployment: Followed, severity: string, urn: string | undefined, text: string): void {
    const record = [...this.#calls].findLast((one) => one.deployment === deployment && one.call.urn === urn);
    this.#note(`${deployment.stack.name} ${severity}: ${text}`);
    if (!text.isWellFormed()) this.violate("a message that can't be put on the wire", JSON.stringify(text));
    if (severity === "trouble" || severity === "warning") {
      if (/record of starts .* can't be read/.test(text)) {
        this.#counters.sometimes("a damaged record was told of");
        if (urn === undefined) deployment.machine.damagedUrns.clear();
        else deployment.machine.damagedUrns.delete(urn);
      }
      if (text.includes("can't be written")) this.#counters.sometimes("the journal could not be written");
    }
    if (severity === "warning" && record) this.#judgeText(text, record);
    if (severity === "status" && text.includes('concurrency is "queue"') && record) {
      const queued = [...this.#calls].filter(
        ({ call }) => call.inputs["concurrency"] === "queue" && call.operation === "create",
      );
      if (queued.length >= 3) this.#counters.sometimes("three starts waited in one queue");
    }
  }

  /** A request leaves a process. Returns the serial of the wanted run that a start is for, where only one can have sent it. */
  sends(
    deployment: Followed,
    kind: RequestKind,
    workflow: string,
    tag: string | undefined,
  ): number | undefined {
    if (deployment.isPreview && (kind === "start" || kind === "stop")) {
      this.violate("a preview changes something", kind);
    }
    if (kind !== "start") return undefined;
    deployment.sent += 1;
    const senders = [...this.#calls].filter(
      ({ deployment: one, want }) =>
        one === deployment &&
        want?.workflow === workflow &&
        (tag === undefined || tagOf(want.stack.name, want.name) === tag),
    );
    // Of several whose starts are all alike it is not known whose this is.
    const [record] = senders;
    if (senders.length !== 1 || !record?.want) return undefined;
    record.sent += 1;
    record.want.sent += 1;
    return record.want.serial;
  }

  // ---- wanted runs

  #wanted(call: Call, deployment: Followed): Want {
    const { stack, name, urn, inputs, old } = call;
    const isTeardown = call.operation === "delete";
    const supersededId = isTeardown || old?.inputs["runOn"] === "destroy" ? undefined : old?.id;
    const replacing = Object.fromEntries(
      Object.entries(inputs).filter(([argument]) => !waits.has(argument) && !argument.startsWith("__")),
    );
    const identity = canonical([
      urn,
      this.#epochs.get(urn) ?? 0,
      isTeardown ? [old?.id ?? "", replacing] : replacing,
      supersededId ?? "",
    ]);
    const { journalLosses } = deployment.machine;
    const attempt: Attempt = { deployment, inputs, isForced: call.isForced, journalLosses };
    let want = this.wants.findLast((one) => one.identity === identity && one.state === "open");
    if (want && isTeardown && this.#isFailedAttempt(want, inputs)) {
      want.state = "given up";
      want = undefined;
    }
    if (want) {
      want.inputs = inputs;
      if (want.supersededId !== undefined && want.attempts.length > 0) {
        this.#counters.sometimes("a replacement was cut short and resumed");
        if (old?.isPendingReplacement === true) {
          this.#counters.sometimes(
            "a resource was deleted before its replacement and the replacement cut short",
          );
        }
      }
    } else {
      this.#giveUp(urn);
      want = {
        serial: this.wants.length + 1,
        stack,
        name,
        urn,
        workflow: workflowOf(inputs),
        identity,
        inputs,
        executionKey: textOf(inputs["executionKey"]),
        supersededId,
        isTeardown,
        isForced: call.isForced,
        attempts: [],
        started: [],
        sent: 0,
        state: "open",
        executionId: undefined,
        isAllowed: false,
        lastError: "",
        failed: 0,
      };
      this.wants.push(want);
      this.#countVersions(urn, inputs);
    }
    const earlier = want.attempts.filter(({ deployment: one }) => one.machine !== deployment.machine);
    if (
      earlier.some(({ deployment: one }) => one.lostStart) &&
      want.attempts.some((one) => one.deployment.wasKilled)
    ) {
      this.#counters.sometimes("an answer was lost, the process killed, and another machine went on");
    }
    const superseded = this.#truth.executions.findLast(({ id }) => id === supersededId);
    if (superseded && !call.isForced && this.#truth.statusOf(superseded) === "failed") {
      this.#counters.sometimes("a run failed and was run again");
    }
    want.attempts.push(attempt);
    deployment.wants.push(want);
    this.#note(
      `${stack.name}/${name} wants run ${String(want.serial)}${want.attempts.length > 1 ? ", again" : ""}` +
        `${supersededId === undefined ? "" : ` in place of ${supersededId}`}${call.isForced ? ", forced" : ""}`,
    );
    return want;
  }

  #countVersions(urn: string, inputs: Bag): void {
    const versions = this.#versions.get(urn) ?? [];
    this.#versions.set(urn, versions);
    versions.push(canonical(inputs["triggers"]));
    const [a, b, c] = versions.slice(-3);
    if (a !== undefined && a === c && a !== b)
      this.#counters.sometimes("inputs went from A to B and back to A");
  }

  // The last destroy has seen it end badly, or would have. With "continue" such an end counts.
  #isFailedAttempt({ started }: Want, { onFailure }: Bag): boolean {
    if (onFailure === "continue") return false;
    const last = started.at(-1)?.execution;
    return last !== undefined && !["running", "succeeded"].includes(this.#truth.statusOf(last));
  }

  #giveUp(urn: string): void {
    for (const want of this.wants) {
      if (want.urn === urn && want.state === "open") want.state = "given up";
    }
  }

  #started(execution: Execution): void {
    const { deployment: number } = execution.origin;
    const deployment = number === undefined ? undefined : this.#deployments.get(number);
    this.#note(
      `* execution ${String(execution.serial)} (${execution.id}) begins, ${deployment ? `deployment ${String(number)}` : "somebody else's"}`,
    );
    if (!deployment) return;
    deployment.starts += 1;
    const want = this.#wantOf(execution, deployment);
    for (const record of this.#calls) {
      if (want && record.deployment === deployment && record.want === want) record.started += 1;
    }
    if (!want) return;
    const attempt = want.attempts.findLast((one) => one.deployment === deployment);
    if (!attempt) return;
    if (want.started.length === 1 || (want.started.length > 1 && want.started.length < 4)) {
      this.#judgeSecond(want, execution, attempt);
    }
    if (want.state === "satisfied" && want.executionId !== undefined) {
      this.#judgeSecond(want, execution, attempt);
    }
    want.started.push({ execution, attempt });
    this.#judgeTurn(want, execution);
  }

  /**
   * The owner of an execution: by the only call that can have sent it, else by its input, else by the only one of the
   * deployment.
   */
  #wantOf(execution: Execution, deployment: Followed): Want | undefined {
    const sender = deployment.wants.find(({ serial }) => serial === execution.origin.want);
    if (sender) return sender;
    const tagged =
      execution.tag === undefined
        ? deployment.wants.filter(({ workflow }) => workflow === execution.workflow)
        : deployment.wants.filter(({ stack, name }) => tagOf(stack.name, name) === execution.tag);
    const names = new Set(tagged.map(({ urn }) => urn));
    return names.size === 1 ? tagged.at(-1) : undefined;
  }

  #judgeSecond(want: Want, execution: Execution, attempt: Attempt): void {
    // A destroy that told of a failure promised another run.
    const unexcused = want.started.slice(want.failed).filter((first) => {
      const exception = this.#excuse(want, first, { execution, attempt });
      if (exception !== undefined) {
        this.#counters.exception(exception);
        this.#excused.add(execution);
      }
      return exception === undefined;
    });
    const [first] = unexcused;
    if (!first) return;
    const { machine } = attempt.deployment;
    const where =
      first.attempt.deployment.machine !== machine
        ? "on another machine"
        : machine.journal !== "kept" || first.attempt.journalLosses !== machine.journalLosses
          ? "without the journal"
          : "on the same machine";
    const status = this.#truth.isRunning(first.execution) ? "still runs" : "has ended";
    const key = want.executionKey === undefined ? "no key" : "a key";
    this.violate(
      `started twice: ${this.#world.service}${this.#world.express === true ? " express" : ""}${this.#headersWord()}, ${key}, ${where}, the first ${status}${circumstances(want)}`,
      `${want.stack.name}/${want.name}: run ${String(want.serial)} has executions ${String(first.execution.serial)} and ${String(execution.serial)}`,
    );
  }

  #headersWord(): string {
    const { headers = "shown" } = this.#world;
    return showsMarks(this.#world) && headers !== "shown" ? ` with headers ${headers}` : "";
  }

  // The exception by which docs/reference/exceptions.md allows a second execution. As narrow as the page says.
  #excuse(
    want: Want,
    first: { readonly execution: Execution; readonly attempt: Attempt },
    second: { readonly execution: Execution; readonly attempt: Attempt },
  ): Exception | undefined {
    const { machine } = second.attempt.deployment;
    // Of two starts that arrive in the other order, the later attempt is the first.
    const isElsewhere =
      first.attempt.deployment.machine !== machine ||
      first.attempt.journalLosses !== machine.journalLosses ||
      second.attempt.journalLosses !== machine.journalLosses ||
      machine.journal !== "kept";
    const hasEnded = !this.#truth.isRunning(first.execution);
    const replaced = this.#truth.executions.findLast(({ id }) => id === want.supersededId);
    const replacedFrom = this.#deployments.get(replaced?.origin.deployment ?? -1)?.machine;
    // Of several attempts only some may have been forced.
    if (
      (want.isForced || first.attempt.isForced) &&
      (replacedFrom !== machine || machine.journalLosses > 0 || machine.journal !== "kept")
    ) {
      return "a forced replacement without the journal";
    }
    if (first.attempt.isForced && this.#isFirstOfMachine(first.attempt, want.urn)) {
      return "a forced replacement that was cut short, on a machine that had never deployed the resource";
    }
    if (want.isTeardown && first.attempt.deployment === second.attempt.deployment) {
      const wanted = canonical(replacingOf(want.inputs));
      const hasOtherCopy = this.#copies.some(
        ({ deployment, urn, inputs }) =>
          deployment === second.attempt.deployment &&
          urn === want.urn &&
          canonical(replacingOf(inputs)) !== wanted,
      );
      if (hasOtherCopy) return "a copy of a teardown runbook had other arguments";
    }
    if (!want.isTeardown && this.#wasBeingDestroyed(want.urn, first.execution)) {
      return "a destroy was cut short after it had dealt with the first one";
    }
    if (this.#world.express === true) {
      return isElsewhere ? "Express on another machine, or without its journal" : undefined;
    }
    // A name whose record is gone can be used again, and looks like the one before.
    const isReused = this.#truth.executions.some(
      ({ workflow, id, isForgotten }) =>
        isForgotten && workflow === first.execution.workflow && id === first.execution.id,
    );
    if (first.execution.isForgotten || (isElsewhere && isReused)) return "the first one's record was gone";
    const arming = want.isTeardown ? this.#armings.get(want.urn) : undefined;
    const isArmedElsewhere =
      arming?.machine !== machine ||
      arming.journalLosses !== machine.journalLosses ||
      machine.journal !== "kept";
    if (arming && isArmedElsewhere && first.attempt.deployment === second.attempt.deployment) {
      return "two copies of a teardown runbook, armed on another machine or without the journal";
    }
    const isUntold = (this.#destroys.get(want.urn) ?? []).some(
      (destroy) => destroy.machine !== first.attempt.deployment.machine,
    );
    if (isElsewhere && isUntold && (hasEnded || !this.#isMarked || want.isForced)) {
      return "a destroy that this machine was not told of";
    }
    if (isElsewhere && want.attempts.some(({ isForced }) => isForced)) {
      return "a forced replacement that was cut short, and another machine";
    }
    if (this.#isTakenByWord(want, first.execution)) {
      return "a resource that takes over whatever runs has taken it";
    }
    // A run that was given up, and a teardown that is over, leave no id in a state that shows which execution they took.
    const isSought = this.wants.some(
      (one) =>
        one !== want &&
        one.workflow === want.workflow &&
        this.#hasLostStart(one) &&
        (one.state !== "satisfied" || (one.isTeardown && !this.#hasTornDown(one))),
    );
    if (this.#strays.has(first.execution) || isSought) {
      return "its execution was taken by a start without an answer";
    }
    if ((!isNamed(this.#world) || isElsewhere) && wasListCut(want)) {
      return "a list left something out";
    }
    if (!isNamed(this.#world) && isElsewhere && this.#clocksDiffer()) {
      return "without the journal, and the service's clocks differ by more than ten seconds";
    }
    if (isElsewhere && hasEnded && (want.executionKey === undefined || want.isTeardown)) {
      if (!want.isTeardown || !this.#isMarked)
        return "no key, another machine or no journal, and the first one had ended";
    }
    const saysAllow =
      want.isAllowed ||
      second.attempt.deployment.stack.program.some(
        ({ name, args }) => name === want.name && args?.["concurrency"] === "allow",
      );
    if (isElsewhere && !this.#isMarked && saysAllow)
      return "the program said allow beside executions without a mark";
    const shownAfterMs = ({ handledAfterMs, listLagMs, detailLagMs }: Execution): number =>
      handledAfterMs + Math.max(listLagMs, detailLagMs);
    const handledAfterMs = Math.max(shownAfterMs(first.execution), shownAfterMs(second.execution));
    const isNameless = !isNamed(this.#world) || (isElsewhere && want.executionKey === undefined);
    if (isNameless && handledAfterMs > 15_000) {
      return "a start that was handled later than anybody looks";
    }
    return undefined;
  }

  // True if a destroy has dealt with an execution that has ended, and was killed before the state recorded that. For an
  // execution that began meanwhile, only its stop proves that.
  #wasBeingDestroyed(urn: string, execution: Execution): boolean {
    const endedMs = this.#truth.endOf(execution);
    return this.#deletes.some(
      (one) =>
        one.urn === urn &&
        one.deployment.wasKilled &&
        (one.ms > execution.startMs || this.#wasStoppedBy(one.deployment, execution)) &&
        endedMs <= this.#timeline.nowMs,
    );
  }

  #wasStoppedBy(deployment: Followed, execution: Execution): boolean {
    return this.#stops.some((one) => one.deployment === deployment && one.execution === execution);
  }

  // True if the machine of the attempt had never deployed the resource before.
  #isFirstOfMachine({ deployment }: Attempt, urn: string): boolean {
    const { machine, number } = deployment;
    return !this.wants.some(
      (one) =>
        one.urn === urn &&
        one.attempts.some(
          (other) => other.deployment.machine === machine && other.deployment.number < number,
        ),
    );
  }

  // Of the service's nodes, as they have dated executions.
  #clocksDiffer(): boolean {
    const ahead = this.#truth.executions.map(({ startedAtMs, startMs }) => startedAtMs - startMs);
    return Math.max(...ahead) - Math.min(...ahead) > 9_000;
  }

  #isTakenByWord(want: Want, execution: Execution): boolean {
    return this.wants.some(
      (one) =>
        one !== want &&
        one.executionId === execution.id &&
        one.attempts.some(({ inputs }) => isByWord(inputs, execution)),
    );
  }

  // The promises of `queue` and `reject`, for deployments of one machine.
  #judgeTurn(want: Want, execution: Execution): void {
    const concurrency = want.inputs["concurrency"];
    if ((concurrency !== "queue" && concurrency !== "reject") || wasListCut(want)) return;
    // A start that is sent again had its place in the queue when it was sent first.
    if (want.sent > 1) return;
    const { lagMs } = this.#world;
    const machine = want.attempts.at(-1)?.deployment.machine;
    // It decides when it sends, however late the service handles that.
    const sentMs = execution.startMs - execution.handledAfterMs;
    const other = this.#truth.executions.find((one) => {
      if (one === execution || one.workflow !== execution.workflow || !this.#truth.isRunning(one))
        return false;
      if (one.isForgotten || one.id === want.supersededId) return false;
      const owner =
        one.origin.deployment === undefined ? undefined : this.#deployments.get(one.origin.deployment);
      const seenMs = Math.max(lagMs.list, lagMs.status) + 20_000;
      return owner?.machine === machine && sentMs - one.startMs > seenMs;
    });
    if (!other) return;
    this.violate(
      `started beside another in spite of "${concurrency}"`,
      `execution ${String(execution.serial)} of ${want.name} beside ${String(other.serial)}`,
    );
  }

  #satisfied(stack: Stack, saved: Saved): void {
    const want = this.wants.findLast(({ urn, state }) => urn === saved.urn && state === "open");
    if (!want) return;
    want.state = "satisfied";
    want.executionId = saved.id;
    const execution = this.#truth.executions.findLast(
      (one) => one.workflow === want.workflow && one.id === saved.id,
    );
    if (!execution) {
      this.violate("an id that no execution has", `${want.name}: ${JSON.stringify(saved.id)}`);
      return;
    }
    const own = want.started.find((one) => one.execution === execution);
    if (own) {
      if (want.attempts.length > 1 && want.attempts.at(-1) !== own.attempt) {
        this.#counters.sometimes("an execution whose start was cut short was found again");
        if (this.#truth.endOf(execution) < (want.attempts.at(-1)?.deployment.beganMs ?? 0)) {
          this.#counters.sometimes("an execution that had ended meanwhile was found again");
        }
        if (
          want.attempts.some(
            ({ deployment }) => deployment.machine !== want.attempts.at(-1)?.deployment.machine,
          )
        ) {
          this.#counters.add("found again on another machine");
        }
      }
      return;
    }
    const reason = this.#mayTake(stack, want, execution);
    if (reason === undefined) {
      const whose =
        execution.origin.deployment === undefined
          ? "somebody else's"
          : execution.id === want.supersededId
            ? "the replaced"
            : this.#deployments.get(execution.origin.deployment)?.stack === stack
              ? "an earlier"
              : "another stack's";
      this.violate(
        `took ${whose} execution for its own: ${this.#world.service}${this.#headersWord()}${want.isForced ? ", forced" : ""}${this.#hasLostStart(want) ? ", in place of a start that never arrived" : ""}${circumstances(want)}`,
        `${want.stack.name}/${want.name}: run ${String(want.serial)} has ${execution.id} (${String(execution.serial)}); started for it: ${want.started.map((one) => String(one.execution.serial)).join(", ") || "none"}`,
      );
    }
  }

  // Sent, and not handled or not answered: every execution that appears afterwards looks like it, if executions bear no
  // mark.
  #hasLostStart(want: Want): boolean {
    if (this.#isMarked) return false;
    const attempts = this.wants.flatMap((one) => (one.urn === want.urn ? one.attempts : []));
    return attempts.some(hasLostStart);
  }

  // The reason for which a run may take an execution that was not started for it; undefined where there is none.
  #mayTake(stack: Stack, want: Want, execution: Execution): Exception | "said so" | "alike" | undefined {
    const { inputs } = want;
    if (want.attempts.some((attempt) => isByWord(attempt.inputs, execution))) return "said so";
    const count = (exception: Exception): Exception => {
      this.#counters.exception(exception);
      return exception;
    };
    const owners = this.#ownersOf(execution).filter((one) => one !== want);
    // One key is one execution: all resources that give the same key have the same execution.
    if (want.executionKey !== undefined && owners.some((one) => isSameKey(one, want))) {
      if (!this.#isMarked) this.#strays.add(execution);
      return count("one key is one execution");
    }
    // That also holds for the one that an exception gives to another run of the key, whichever is saved first.
    if (this.#isStrayOfKey(want, execution)) {
      this.#strays.add(execution);
      return count("one key is one execution");
    }
    const last = want.attempts.at(-1);
    const began = last?.deployment.beganMs ?? 0;
    // As the service shows it: an end may be seen late.
    const stillRan = this.#truth.endOf(execution) + this.#world.lagMs.status >= began;
    if (want.isForced && execution.id === want.supersededId && stillRan && !this.#knows(last, execution)) {
      return count("a forced replacement took over what still ran");
    }
    // The engine does not tell of every destroy, and none to another machine. The start may still have been on its way.
    const starter = this.#deployments.get(execution.origin.deployment ?? -1);
    const sentMs = starter?.beganMs ?? execution.startMs;
    const isUntold = (this.#destroys.get(want.urn) ?? []).some(
      ({ machine, ms }) => ms > sentMs && machine !== last?.deployment.machine,
    );
    const isForcedAfter =
      want.isForced &&
      (this.#destroys.get(want.urn) ?? []).some(({ machine }) => machine !== last?.deployment.machine);
    if ((isUntold || isForcedAfter) && owners.some((one) => one.urn === want.urn)) {
      return count("a destroy that this machine was not told of");
    }
    // This machine's record of a start does not know the changes of another machine.
    const isChangedElsewhere = this.wants.some(
      (one) =>
        one.urn === want.urn &&
        one.state === "satisfied" &&
        one.attempts.some(
          ({ deployment: { machine, beganMs } }) => beganMs > sentMs && machine !== last?.deployment.machine,
        ),
    );
    if (isChangedElsewhere && owners.some((one) => one.urn === want.urn && wasCutShort(one))) {
      return count("another machine changed the resource, and this one remembers a start");
    }
    // Also one that an exception has given to the resource.
    const had = this.wants.filter((one) => one !== want && one.executionId === execution.id);
    if (want.isForced && [...owners, ...had].some((one) => one.urn === want.urn && wasCutShort(one))) {
      return count("a forced replacement took over what a deployment that was cut short had started");
    }
    if (execution.id !== want.supersededId && bearsChosenName(inputs, execution)) {
      return count("an execution of a chosen name was joined");
    }
    if (!this.#isMarked && execution.id !== want.supersededId) {
      if (this.#hasLostStart(want)) {
        this.#strays.add(execution);
        return count("executions without a mark are all alike to a start without an answer");
      }
      if (want.started.some((own) => this.#isTakenByWord(want, own.execution))) {
        return count("a resource that takes over whatever runs has taken it");
      }
    }
    if (!isNamed(this.#world) && want.attempts.some(wasLiedTo)) {
      this.#strays.add(execution);
      return count("a service that answers a start with somebody else's id");
    }
    if (!isNamed(this.#world) && wasListCut(want) && (execution.id !== want.supersededId || want.isForced)) {
      this.#strays.add(execution);
      return count("a list left something out");
    }
    // The program's changes in between were never started: it continues with its former run.
    const isBefore = owners.some((one) => {
      if (one.identity !== want.identity || one.executionId !== undefined) return false;
      const between = this.wants.filter(
        ({ urn, serial }) => urn === want.urn && serial > one.serial && serial < want.serial,
      );
      const isFromElsewhere =
        this.#isMarked &&
        one.attempts.every(
          ({ deployment: { machine }, journalLosses }) =>
            machine !== last?.deployment.machine || journalLosses !== last.journalLosses,
        );
      return between.every(
        ({ started, sent, attempts }) =>
          isFromElsewhere ||
          started.length + sent === 0 ||
          attempts.every(
            ({ deployment: { machine }, journalLosses }) =>
              machine !== last?.deployment.machine ||
              (this.#isMarked && (machine.journal !== "kept" || journalLosses !== last.journalLosses)),
          ),
      );
    });
    if (isBefore) return count("what was changed meanwhile was not started from this machine");
    // Without a key, a running execution of the same resource and the same arguments is the run.
    const isSameRun = owners.some(
      (one) => one.urn === want.urn && canonical(replacingOf(one.inputs)) === canonical(replacingOf(inputs)),
    );
    // An earlier attempt on this machine took it over while it ran, which the journal knows from then on.
    const ranBefore = want.attempts.some(
      ({ deployment, journalLosses }) =>
        this.#isMarked &&
        deployment.machine === last?.deployment.machine &&
        journalLosses === last.journalLosses &&
        this.#truth.endOf(execution) >= deployment.beganMs,
    );
    if (isSameRun && want.supersededId === undefined && (stillRan || ranBefore)) return "alike";
    // Executions without a mark are all alike, so are the starts that look for theirs.
    if (!this.#isMarked && execution.origin.deployment !== undefined) {
      const owner = this.#deployments.get(execution.origin.deployment);
      // A resource that takes over any running execution takes it from nobody.
      const isTaken = this.wants.some(
        (one) =>
          one !== want &&
          one.state === "satisfied" &&
          one.executionId === execution.id &&
          one.inputs["concurrency"] !== "adopt" &&
          one.inputs["adoptExecutionId"] !== execution.id,
      );
      const isAlike = execution.tag === undefined || execution.tag === tagOf(want.stack.name, want.name);
      const isOwn = owner !== undefined && owner === last?.deployment;
      if (owner?.stack === stack && (isOwn || !isTaken) && isAlike && execution.id !== want.supersededId) {
        return "alike";
      }
    }
    return undefined;
  }

  // True if another run of the same key has it by an exception, or is about to: a start without an answer takes it.
  #isStrayOfKey(want: Want, execution: Execution): boolean {
    if (want.executionKey === undefined) return false;
    const fellows = this.wants.filter(
      (one) => one !== want && one.workflow === want.workflow && isSameKey(one, want),
    );
    return fellows.some((one) =>
      one.state === "open"
        ? !this.#isMarked && execution.id !== one.supersededId && one.attempts.some(hasLostStart)
        : one.executionId === execution.id && this.#strays.has(execution),
    );
  }

  // True if the machine of an attempt has itself started an execution, and remembers it.
  #knows(attempt: Attempt | undefined, execution: Execution): boolean {
    if (!attempt || execution.origin.deployment === undefined) return false;
    const { machine } = attempt.deployment;
    const starter = this.#deployments.get(execution.origin.deployment);
    return starter?.machine === machine && machine.journal === "kept" && machine.journalLosses === 0;
  }

  /** The wanted runs that an execution was, or can have been, started for. */
  #ownersOf(execution: Execution): readonly Want[] {
    const known = this.wants.filter((one) => one.started.some((start) => start.execution === execution));
    if (known.length > 0 || execution.origin.deployment === undefined) return known;
    const { wants = [] } = this.#deployments.get(execution.origin.deployment) ?? {};
    return wants.filter(({ workflow }) => workflow === execution.workflow);
  }

  #stopped(execution: Execution, origin: Origin): void {
    const deployment = origin.deployment === undefined ? undefined : this.#deployments.get(origin.deployment);
    this.#note(
      `* execution ${String(execution.serial)} is told to stop by ${deployment ? deployment.stack.name : "somebody"}`,
    );
    if (!deployment) {
      if (execution.origin.deployment !== undefined) {
        this.#counters.sometimes("an execution was stopped by somebody else");
      }
      return;
    }
    this.#stops.push({ execution, deployment });
    const owner =
      execution.origin.deployment === undefined
        ? undefined
        : this.#deployments.get(execution.origin.deployment);
    if (owner?.stack === deployment.stack || this.#had.get(deployment.stack)?.has(execution.id) === true)
      return;
    const wants = deployment.wants.filter(({ workflow }) => workflow === execution.workflow);
    if (wants.some((want) => this.#mayTake(deployment.stack, want, execution) !== undefined)) return;
    // A deployment that was cut short had taken it over, as it may.
    const isTakenBefore = this.wants.some(
      (want) =>
        want.stack === deployment.stack &&
        want.workflow === execution.workflow &&
        want.attempts.some((attempt) => attempt.deployment.wasKilled) &&
        this.#mayTake(deployment.stack, want, execution) !== undefined,
    );
    if (isTakenBefore) return;
    this.violate("stopped an execution that is none of its own", `${deployment.stack.name}: ${execution.id}`);
  }

  #asked(want: Want, message: string): void {
    this.#counters.sometimes("a question was asked instead of starting");
    if (this.#world.express === true) return;
    // A name that the program chose says nothing by itself.
    const isNamed = want.inputs["executionName"] !== undefined;
    if (
      this.#isMarked &&
      !isNamed &&
      /is not known whether (this run|execution \S+ is this run)/.test(message)
    ) {
      if (showsMarks(this.#world) && !this.#hasShownName(want.workflow)) {
        this.#counters.exception("the service had not shown a name yet");
        return;
      }
      if (wasListCut(want)) return;
      this.violate(`asks although executions bear a mark: ${this.#world.service}`, firstLine(message));
    }
  }

  // True if an execution of ours could be seen with its name.
  #hasShownName(workflow: string): boolean {
    const { list, detail } = this.#world.lagMs;
    const seenBeforeMs = this.#timeline.nowMs - list - detail - 2 * requestMs;
    return this.#truth.executions.some(
      (one) =>
        one.workflow === workflow &&
        one.origin.deployment !== undefined &&
        !one.isForgotten &&
        one.startMs < seenBeforeMs,
    );
  }

  #deleted({ call, want, deployment }: CallRecord): void {
    this.#lastDelete = { urn: call.urn, machine: deployment.machine };
    const { old } = call;
    if (!old) return;
    if (want) {
      want.state = "satisfied";
      const mayBeAnothers =
        want.attempts.some(({ inputs }) => inputs["concurrency"] === "adopt") ||
        want.inputs["executionName"] !== undefined ||
        this.#hasLostStart(want);
      const known = this.#lastArmed.get(armingOf(deployment.machine, want.urn));
      const isLeftToCopy = this.#copies.some(
        (copy) => copy.deployment === deployment && copy.urn === want.urn && copy.id === known,
      );
      if (!this.#hasTornDown(want) && !mayBeAnothers && isLeftToCopy) {
        this.#counters.exception("a machine knows only the old copy of a teardown runbook, and ran that one");
        this.#leftToCopy.push({ deployment, want });
      } else if (!mayBeAnothers) {
        this.#judgeTeardown(want);
      }
      if (want.attempts.length > 1 && this.#hasTornDown(want)) {
        this.#counters.sometimes("a teardown runbook was cut short and went on");
      }
      return;
    }
    const { onDelete, runOn } = old.outputs as { onDelete?: string | null; runOn?: string | null };
    if (runOn === "destroy" || onDelete === "leave") return;
    const execution = this.#truth.find(workflowOf(call.inputs), old.id);
    const isShared = call.stack.resources.some((other) => other !== old && other.id === old.id);
    // FunctionGraph keeps no list of EXPRESS executions: an answer's id can't be compared with earlier executions.
    const isLiedTo =
      this.#world.service === "functiongraph" && this.#world.express === true && this.#wasLiedTo(call.urn);
    if (execution && this.#truth.isRunning(execution) && isLiedTo) {
      this.#counters.exception("a service that answers a start with somebody else's id");
      return;
    }
    // A name whose record is gone can be used again.
    const isAnothers = this.#truth.executions.some(
      (one) =>
        one !== execution && one.workflow === execution?.workflow && one.id === old.id && one.isForgotten,
    );
    if (execution && this.#truth.isRunning(execution) && !isShared && !isAnothers) {
      this.violate("deleted while its execution runs", `${call.name}: ${old.id}`);
    }
  }

  // True if a start of the resource was answered with somebody else's id.
  #wasLiedTo(urn: string): boolean {
    return this.wants.some((want) => want.urn === urn && want.attempts.some(wasLiedTo));
  }

  #judgeTeardown(want: Want): void {
    if (this.#hasTornDown(want)) return;
    this.violate("a teardown runbook did not run", `${want.stack.name}/${want.name}`);
  }

  // Also where it can't be told which of several it was started for.
  #hasTornDown(want: Want): boolean {
    return this.#truth.executions.some((execution) => this.#ownersOf(execution).includes(want));
  }

  // ---- states, texts, times

  #judgeState(saved: Saved): void {
    // A name whose record is gone can be used again.
    const named = this.#truth.executions.filter(
      (one) => one.workflow === workflowOf(saved.inputs) && one.id === saved.id,
    );
    if (named.length === 0 || named.some((one) => this.#strays.has(one))) return;
    // A service that answers with another's id gives another's outcome to it.
    if (this.#wasLiedTo(saved.urn) && !isNamed(this.#world)) return;
    const { status, output } = saved.outputs as {
      status?: string;
      output?: { serial?: number; truncated?: unknown } | null;
    };
    const isSettled =
      status === "succeeded" || status === "failed" || status === "stopped" || status === "timedOut";
    const actual = named.map((one) => this.#truth.statusOf(one));
    if (isSettled && !actual.some((one) => one === status)) {
      this.violate(
        "a state has an outcome that is not so",
        `${saved.name}: ${status}, in truth ${actual.join(", ")}`,
      );
    }
    const serial = typeof output === "object" ? output?.serial : undefined;
    // COC's outputs are texts.
    const isOther = (one: Execution): boolean => String(one.serial) !== String(serial);
    if (status === "succeeded" && serial !== undefined && named.every(isOther)) {
      this.violate("a state has another execution's output", `${saved.name}: ${String(serial)}`);
    }
  }

  #judgeText(text: string, record: CallRecord): void {
    const { call } = record;
    const workflow = workflowOf(call.inputs);
    const find = (id: string): Execution | undefined =>
      this.#truth.executions.findLast((one) => one.workflow === workflow && one.id === id);
    const wrong = falseClaims(text, {
      startedInCall: record.started,
      sentInCall: record.sent,
      id: call.old?.id,
      ranWithin: (id, ms) => {
        const execution = find(id);
        return execution && this.#truth.endOf(execution) >= this.#timeline.nowMs - ms;
      },
      runsNow: (id) => {
        const execution = find(id);
        return execution && this.#truth.isRunning(execution);
      },
    });
    // A service that answers with another's id is believed, and so is told of it.
    if (record.deployment.wasLiedTo && !isNamed(this.#world)) return;
    for (const name of wrong) this.violate(`a message claims what is not so: ${name}`, firstLine(text));
  }

  #judgeTime({ call, deployment }: CallRecord, end: CallEnd): void {
    if (deployment.clockJumped) return;
    const { timeoutSeconds = 3_600, onTimeout } = call.inputs as {
      timeoutSeconds?: number;
      onTimeout?: string;
    };
    const express = this.#world.express === true ? expressMs : 0;
    const nowMs = this.#timeline.nowMs;
    const tookMs = nowMs - call.beganMs;
    const stopMs = onTimeout === "stop" ? 60_000 + 2 * requestMs : 0;
    // An update only waits, and a failed call has not come to its wait.
    const phases = call.operation === "update" || end.kind === "failed" ? 1 : 2;
    // Only a start that was sent is seen through, and looked for. A short time is no reason not to send within half a
    // minute.
    const isSent = call.operation === "create" && deployment.sent > 0;
    const doubtOfStartMs = isSent ? doubtMs + Math.max(0, sendMs - timeoutSeconds * 1000) : 0;
    const mayMs =
      call.operation === "read"
        ? lookMs
        : call.operation === "delete"
          ? 300_000 +
            requestMs +
            (call.inputs["runOn"] === "destroy" ? timeoutSeconds * 1000 + 2 * doubtMs + 3 * requestMs : 0) +
            express
          : phases * (timeoutSeconds * 1000 + requestMs) + doubtOfStartMs + stopMs + express;
    const driftedMs = mayMs / (1 - Math.abs(deployment.machine.clock.fastPerSecond));
    if (tookMs > driftedMs + besidesMs) {
      const over = Math.round((tookMs - mayMs) / 1000);
      this.violate(
        `${call.operation} outlives its deadline`,
        `${call.name}: took ${String(Math.round(tookMs / 1000))} s, ${String(over)} s more than it may (timeoutSeconds ${String(timeoutSeconds)})`,
      );
    }
    const { abortedMs } = deployment;
    if (abortedMs !== undefined && nowMs - abortedMs > requestMs + 2_000 + express) {
      this.violate(
        `${call.operation} goes on after Ctrl-C`,
        `${call.name}: ${String(Math.round((nowMs - abortedMs) / 1000))} s`,
      );
    }
    if (abortedMs !== undefined) this.#counters.sometimes("Ctrl-C ended a wait");
  }

  // ---- the end

  /** Judges the stacks and the executions when every stack is at rest. */
  judgeEnd(stacks: readonly Stack[]): void {
    for (const stack of stacks) {
      const ids = new Map<string, Saved>();
      for (const saved of stack.resources) {
        if (saved.isToDelete || saved.inputs["runOn"] === "destroy") continue;
        const other = ids.get(`${workflowOf(saved.inputs)} ${saved.id}`);
        ids.set(`${workflowOf(saved.inputs)} ${saved.id}`, saved);
        if (!other) continue;
        const isMeant = [saved, other].some((one) => this.#isHadByWord(one));
        // The id in an answer is accepted where answers carry nothing else.
        const isLie = !isNamed(this.#world) && [saved, other].some(({ urn }) => this.#wasLiedTo(urn));
        if (!isMeant && !isLie)
          this.violate("two resources have one execution", `${saved.name} and ${other.name}: ${saved.id}`);
      }
    }
    this.#judgePools();
  }

  // By the words with which the resource got its execution: how to wait for one may have changed since.
  #isHadByWord({ urn, id }: Saved): boolean {
    const inputs = this.wants
      .filter((want) => want.urn === urn && want.executionId === id)
      .flatMap(({ attempts }) => attempts.map((attempt) => attempt.inputs));
    return inputs.some(
      (words) =>
        words["concurrency"] === "adopt" ||
        words["adoptExecutionId"] !== undefined ||
        words["executionKey"] !== undefined,
    );
  }

  // Several resources of a deployment can share a workflow whose executions are all alike: these are counted together.
  #judgePools(): void {
    if (this.#isMarked || this.#world.express === true) return;
    const pools = new Map<string, { started: number; wants: Set<Want>; isDoubtful: boolean }>();
    for (const execution of this.#truth.executions) {
      const { deployment: number } = execution.origin;
      const deployment = number === undefined ? undefined : this.#deployments.get(number);
      if (!deployment) continue;
      const name = `${deployment.stack.name} ${execution.workflow}`;
      const pool = pools.get(name) ?? { started: 0, wants: new Set(), isDoubtful: false };
      pools.set(name, pool);
      pool.started += 1;
      const isStray = this.#strays.has(execution) || this.#excused.has(execution);
      if (execution.handledAfterMs > 15_000 || execution.isForgotten || isStray) pool.isDoubtful = true;
    }
    for (const want of this.wants) {
      const pool = pools.get(`${want.stack.name} ${want.workflow}`);
      pool?.wants.add(want);
      const machines = new Set(
        want.attempts.map(
          ({ deployment, journalLosses }) =>
            `${String(deployment.machine.index)} ${String(journalLosses)} ${deployment.machine.journal === "kept" ? "" : String(deployment.number)}`,
        ),
      );
      if (pool && (machines.size > 1 || wasListCut(want))) pool.isDoubtful = true;
    }
    for (const [name, { started, wants, isDoubtful }] of pools) {
      // A teardown runbook that failed is run again, also where it can't be told which execution was whose.
      const wanted = [...wants].reduce((sum, { failed }) => sum + 1 + failed, 0);
      if (started > wanted && !isDoubtful) {
        this.violate(
          `more executions than wanted runs: ${this.#world.service}`,
          `${name}: ${String(started)} for ${String(wants.size)}`,
        );
      }
    }
  }

  /** The execution that a resource's last want got, for a person who has to answer a question. */
  answerFor(
    stack: Stack,
    spec: ResourceSpec,
  ): { readonly want: Want; readonly execution: Execution | undefined } | undefined {
    const want = this.wants.findLast(
      (one) => one.stack === stack && one.name === spec.name && one.state === "open",
    );
    if (!want) return undefined;
    const adopted = stack.program.map(({ args }) => args?.["adoptExecutionId"]);
    const known = new Set<unknown>([...(this.#had.get(stack) ?? []), ...adopted]);
    const execution =
      want.started.findLast((one) => !one.execution.isForgotten)?.execution ??
      (this.#isMarked
        ? undefined
        : this.#truth.executions.findLast(
            (one) =>
              one.workflow === want.workflow &&
              (one.tag === undefined || one.tag === tagOf(want.stack.name, want.name)) &&
              !one.isForgotten &&
              !known.has(one.id) &&
              one.origin.deployment !== undefined &&
              this.#deployments.get(one.origin.deployment)?.wants.includes(want) === true,
          ));
    return { want, execution };
  }
}

// The journal knows the armed runs, until the journal is lost.
function armingOf({ index, journalLosses }: Machine, urn: string): string {
  return `${String(index)} ${String(journalLosses)} ${urn}`;
}

function wasLiedTo({ deployment }: Attempt): boolean {
  return deployment.wasLiedTo;
}

function hasLostStart({ deployment }: Attempt): boolean {
  return deployment.sent > deployment.starts || deployment.lostStart || deployment.wasKilled;
}

function circumstances(want: Want): string {
  return `${want.attempts.some(wasLiedTo) ? ", lied to" : ""}${wasListCut(want) ? ", with a list that was cut" : ""}`;
}

// True if a deployment of the run ended before its regular end.
function wasCutShort({ attempts }: Want): boolean {
  return attempts.some(
    ({ deployment }) => deployment.wasKilled || deployment.lostStart || deployment.abortedMs !== undefined,
  );
}

function wasListCut({ attempts }: Want): boolean {
  return attempts.some(({ deployment }) => deployment.wasListCut);
}

// A name that the program chose may be anybody's: a running execution of that name is taken over.
function bearsChosenName({ executionName }: Bag, execution: Execution): boolean {
  return typeof executionName === "string" && execution.id.startsWith(executionName);
}

// The program has said that it takes this one, or whichever runs.
function isByWord(inputs: Bag, execution: Execution): boolean {
  return inputs["concurrency"] === "adopt" || inputs["adoptExecutionId"] === execution.id;
}

function isSameKey(one: Want, other: Want): boolean {
  return (
    one.executionKey === other.executionKey &&
    canonical(replacingOf(one.inputs)) === canonical(replacingOf(other.inputs))
  );
}

function replacingOf(inputs: Bag): Bag {
  return Object.fromEntries(
    Object.entries(inputs).filter(
      ([name]) => !waits.has(name) && !name.startsWith("__") && !inputNames.has(name),
    ),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isQuestion(message: string): boolean {
  return message.includes("WFX-START-UNCERTAIN");
}

function firstLine(text: string): string {
  return text.split("\n").slice(0, 3).join(" | ");
}

function describeEnd(end: CallEnd): string {
  switch (end.kind) {
    case "done":
      return `${end.id} ${textOf(end.outputs["status"]) ?? ""}`;
    case "unready":
      return `${end.id}, not ready: ${end.reasons.join(" | ")}`;
    case "lost":
      return "no answer, the process is gone";
    default:
      return `${end.kind}: ${end.message}`;
  }
}
