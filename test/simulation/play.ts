/**
 * Plays a script: first all of its steps, while only safety is judged; then the world heals, and every stack must come
 * to rest within a few `up`s.
 */
import { Counters } from "./counters";
import { Draw } from "./draw";
import type { EngineResult, Stack } from "./engine";
import { Engine } from "./engine";
import { openDynamicHost } from "./dynamicSide";
import { Machine, WorldClock } from "./machine";
import { fetchThrough } from "./network";
import type { Followed, Violation } from "./oracle";
import { Oracle } from "./oracle";
import { SimulatedProcess } from "./process";
import { openPluginHost } from "./pluginSide";
import { isNamed, workflowName } from "./program";
import type { Deploy, Fault, Json, Moment, ResourceSpec, Script, Step } from "./script";
import { simulatedAom } from "./services/aom";
import { simulatedCloudFlow } from "./services/cloudflow";
import { simulatedCoc } from "./services/coc";
import { simulatedStepFunctions } from "./services/stepfunctions";
import { simulatedFunctionGraph } from "./services/functiongraph";
import type { SimulatedService } from "./services/gateway";
import { Truth } from "./services/truth";
import { withImmediateScrypt } from "./slowHash";
import { EndlessError, StandstillError, Timeline } from "./timeline";

/** The time at which every world begins. */
export const worldBeginsMs = Date.parse("2026-11-21T06:00:00Z");

/** The result of a run. */
export interface Outcome {
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Record<string, number>>;
  readonly deployments: number;
  /** The story, line by line; empty unless asked for. */
  readonly story: readonly string[];
}

const services = {
  aom: simulatedAom,
  functiongraph: simulatedFunctionGraph,
  coc: simulatedCoc,
  cloudflow: simulatedCloudFlow,
  stepfunctions: simulatedStepFunctions,
} as const;

// A move to another machine, or the loss of the journal, takes longer than any list lags.
const otherMachineMs = 30_000;
// A provider without its engine notices it within five seconds, and ends.
const orphanLivesMs = 8_000;
const maxHealingUps = 9;

/** Plays a script. */
export async function play(script: Script, { tells = false } = {}): Promise<Outcome> {
  const run = new Run(script, tells);
  return withImmediateScrypt(() => run.play());
}

class Run {
  readonly #script: Script;
  readonly #timeline = new Timeline(worldBeginsMs);
  readonly #counters = new Counters();
  readonly #story: string[] = [];
  readonly #machines: Machine[];
  readonly #nodes: WorldClock[];
  readonly #truth: Truth;
  readonly #service: SimulatedService;
  readonly #oracle: Oracle;
  readonly #stacks: Stack[];
  readonly #note: (text: string) => void;
  readonly #lastMachine = new Map<Stack, number>();
  readonly #lastLosses = new Map<Stack, number>();
  readonly #lastStartMs = new Map<Stack, number>();
  readonly #orphanedMs = new Map<Stack, number>();
  readonly #running = new Set<Followed>();
  readonly #lastResult = new Map<Stack, EngineResult>();
  #latencyMs: readonly [number, number];
  #deployments = 0;
  #isHealed = false;

  constructor(script: Script, tells: boolean) {
    this.#script = script;
    this.#latencyMs = script.world.latencyMs;
    const { world, seed } = script;
    this.#note = tells
      ? (text) => {
          this.#story.push(`${clockTime(this.#timeline.nowMs)} ${text}`);
        }
      : () => undefined;
    this.#machines = world.machines.map((spec, index) => new Machine(index, spec, this.#timeline));
    this.#nodes = world.nodes.map((spec) => new WorldClock(spec, this.#timeline));
    const clockOf = (node: number): number => (this.#nodes[node] ?? this.#nodes[0])?.now() ?? 0;
    this.#truth = new Truth(world, new Draw(`truth ${String(seed)}`), this.#timeline, clockOf);
    this.#service = services[world.service]({
      world,
      truth: this.#truth,
      timeline: this.#timeline,
      draw: new Draw(`service ${String(seed)}`),
      clockOf,
    });
    this.#oracle = new Oracle(world, this.#truth, this.#timeline, this.#counters, this.#note);
    this.#stacks = script.stacks.map((spec, index) => ({
      index,
      name: spec.name,
      program: [...spec.resources],
      resources: [],
      keys: new Map(),
      isBusy: false,
    }));
  }

  async play(): Promise<Outcome> {
    try {
      await this.#timeline.run(this.#all());
    } catch (error) {
      if (error instanceof StandstillError || error instanceof EndlessError) {
        this.#oracle.violate("a deployment never ends", error.message);
      } else {
        throw error;
      }
    }
    return {
      violations: this.#oracle.violations,
      counts: this.#counters.counts,
      deployments: this.#deployments,
      story: this.#story,
    };
  }

  async #all(): Promise<void> {
    for (const step of this.#script.steps) await this.#take(step);
    await this.#heal();
    this.#oracle.judgeEnd(this.#stacks);
  }

  async #take(step: Step): Promise<void> {
    switch (step.do) {
      case "up":
      case "refresh":
      case "destroy":
      case "import":
        await this.#deploy(step);
        return;
      case "together":
        if (step.deploys.length >= 2) this.#counters.sometimes("two stacks deployed one workflow at once");
        await Promise.all(
          step.deploys.map(async (deploy, index) => {
            await this.#timeline.pass(index * step.apartMs);
            await this.#deploy(deploy);
          }),
        );
        return;
      case "edit":
        this.#edit(step.stack, step.resource, step.set);
        return;
      case "answer":
        this.#answer(this.#stack(step.stack));
        return;
      case "wait":
        this.#note(`-- ${String(step.ms / 1000)} s pass`);
        await this.#timeline.pass(step.ms);
        return;
      case "clock":
        this.#jump(step.machine, step.node, step.byMs);
        return;
      case "clockDuring": {
        const cancel = this.#timeline.after(step.afterMs, () => {
          this.#jump(step.machine, step.node, step.byMs);
        });
        await this.#deploy(step.deploy);
        cancel();
        return;
      }
      case "journal": {
        const machine = this.#machine(step.machine);
        // No process is left that could write entries that it read before.
        const orphanedMs = Math.max(0, ...this.#orphanedMs.values());
        if (this.#timeline.nowMs - orphanedMs < orphanLivesMs) await this.#timeline.pass(orphanLivesMs);
        if ([...machine.files.values()].some(({ text }) => text.includes('"pending"'))) {
          if (step.what === "lost") this.#counters.sometimes("a lost journal had held a start");
        }
        machine.spoilJournal(step.what);
        this.#note(`-- the journal of machine ${String(step.machine)} is ${step.what}`);
        return;
      }
      case "othersStart": {
        const id = step.name ?? `others-${String(this.#truth.executions.length + 1)}`;
        const workflow = workflowName(step.workflow);
        if (isNamed(this.#script.world) && this.#truth.find(workflow, id)) return;
        this.#truth.start({ workflow, id, origin: { deployment: undefined }, node: 0, forMs: step.forMs });
        return;
      }
      case "othersStop":
      case "othersDelete": {
        const workflow = workflowName(step.workflow);
        const ofIt = this.#truth.executions.filter((one) => one.workflow === workflow && !one.isForgotten);
        const execution = ofIt.at(-1 - step.nth);
        if (!execution) return;
        if (step.do === "othersStop") {
          this.#truth.stop(execution, { deployment: undefined });
          return;
        }
        // Only an execution that has ended is forgotten.
        if (this.#truth.isRunning(execution)) return;
        execution.isForgotten = true;
        this.#note(`-- the record of execution ${String(execution.serial)} is gone`);
        this.#counters.sometimes("a record was gone");
      }
    }
  }

  #stack(index: number): Stack {
    return this.#stacks[index % this.#stacks.length]!;
  }

  #machine(index: number): Machine {
    return this.#machines[index % this.#machines.length]!;
  }

  #jump(machine: number | undefined, node: number | undefined, byMs: number): void {
    this.#note(
      `-- the clock of ${machine === undefined ? `node ${String(node)}` : `machine ${String(machine)}`} is set by ${String(byMs / 1000)} s`,
    );
    if (machine !== undefined) {
      this.#machine(machine).clock.jump(byMs);
      for (const followed of this.#running) {
        if (followed.machine === this.#machine(machine)) followed.clockJumped = true;
      }
    } else {
      this.#nodes[(node ?? 0) % this.#nodes.length]?.jump(byMs);
    }
    if (byMs < 0 && this.#running.size > 0) {
      this.#counters.sometimes("a clock stepped back while a deployment was under way");
    }
  }

  #edit(stackIndex: number, name: string, set: Readonly<Record<string, Json>>): void {
    const stack = this.#stack(stackIndex);
    const known = stack.program.find((spec) => spec.name === name);
    this.#note(`-- ${stack.name}/${name} is edited: ${JSON.stringify(set)}`);
    if (set["gone"] === true) {
      stack.program = stack.program.filter((spec) => spec !== known && spec.dependsOn !== name);
      return;
    }
    if (!known) {
      const original = this.#script.stacks[stackIndex % this.#stacks.length]?.resources.find(
        (one) => one.name === name,
      );
      if (original) stack.program.push({ ...original, dependsOn: undefined } as unknown as ResourceSpec);
      return;
    }
    this.#change(stack, known, set);
  }

  #change(stack: Stack, spec: ResourceSpec, set: Readonly<Record<string, Json>>): void {
    const { args, ...fields } = set;
    const withoutNulls = (bag: object): object =>
      Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== null));
    const changed = withoutNulls({
      ...spec,
      ...fields,
      ...(args === undefined ? {} : { args: withoutNulls(Object.assign({}, spec.args, args)) }),
    }) as ResourceSpec;
    stack.program = stack.program.map((one) => (one === spec ? changed : one));
  }

  /** The person follows the remedies in the messages of the last deployment. */
  #answer(stack: Stack): void {
    for (const { name, message } of this.#lastResult.get(stack)?.errors ?? []) {
      const spec = stack.program.find((one) => one.name === name);
      if (!spec) {
        if (message.includes("pulumi state delete")) {
          this.#note(`-- ${stack.name}/${name}: is taken out of the state`);
          stack.resources = stack.resources.filter((saved) => saved.name !== name);
        }
        continue;
      }
      const newVersion = { version: spec.version + 1000 };
      if (message.includes("set adoptExecutionId to ")) this.#decide(stack, spec, message);
      else if (message.includes('change "triggers"')) this.#change(stack, spec, newVersion);
      else if (message.includes("remove the argument to start a new execution")) {
        this.#change(stack, spec, { args: { adoptExecutionId: null } });
      } else if (message.includes("Set another executionName")) {
        this.#change(stack, spec, { executionName: `${spec.executionName ?? "run"}x` });
      } else if (message.includes('set concurrency to "queue"')) {
        this.#change(stack, spec, { args: { concurrency: "queue" } });
      }
    }
  }

  // The person knows which one it is, and says so.
  #decide(stack: Stack, spec: ResourceSpec, message: string): void {
    const found = this.#oracle.answerFor(stack, spec);
    if (found?.execution) {
      this.#note(`-- ${stack.name}/${spec.name}: takes over ${found.execution.id}`);
      this.#change(stack, spec, { args: { adoptExecutionId: found.execution.id } });
      this.#counters.sometimes("a question was answered by adopting");
      return;
    }
    if (message.includes("set another executionName")) {
      this.#change(stack, spec, { executionName: `${spec.executionName ?? "run"}x` });
      return;
    }
    this.#note(`-- ${stack.name}/${spec.name}: says allow`);
    if (found) found.want.isAllowed = true;
    const more = message.includes('change "triggers"') ? { version: spec.version + 1000 } : {};
    this.#change(stack, spec, { ...more, args: { concurrency: "allow" } });
    this.#counters.sometimes("a question was answered by allowing");
  }

  async #deploy(step: Deploy): Promise<EngineResult | undefined> {
    const stack = this.#stack(step.stack);
    const machine = this.#machine(step.machine);
    if (stack.isBusy) return undefined;
    stack.isBusy = true;
    const last = this.#lastMachine.get(stack);
    const knowsLast =
      last === machine.index &&
      machine.journal === "kept" &&
      this.#lastLosses.get(stack) === machine.journalLosses;
    if (last !== undefined && !knowsLast) {
      const sinceMs = this.#timeline.nowMs - (this.#lastStartMs.get(stack) ?? 0);
      if (sinceMs < otherMachineMs) await this.#timeline.pass(otherMachineMs - sinceMs);
    }
    // The state is locked by the engine that was killed; until the lock is cleared, the processes of that engine have
    // ended.
    const orphanedMs = this.#timeline.nowMs - (this.#orphanedMs.get(stack) ?? -Infinity);
    if (orphanedMs < orphanLivesMs) await this.#timeline.pass(orphanLivesMs - orphanedMs);
    this.#lastMachine.set(stack, machine.index);
    this.#lastLosses.set(stack, machine.journalLosses);
    const number = (this.#deployments += 1);
    const followed: Followed = {
      number,
      stack,
      machine,
      step,
      beganMs: this.#timeline.nowMs,
      wants: [],
      abortedMs: undefined,
      isPreview: false,
      clockJumped: false,
      starts: 0,
      sent: 0,
      lostStart: false,
      wasKilled: false,
      wasListCut: false,
      wasLiedTo: false,
    };
    this.#oracle.follow(followed);
    this.#running.add(followed);
    this.#note(
      `== deployment ${String(number)}: ${step.do} of ${stack.name} on machine ${String(machine.index)} ${describeOptions(step)}`,
    );
    const result = await this.#run(followed);
    this.#running.delete(followed);
    this.#lastStartMs.set(stack, this.#timeline.nowMs);
    this.#lastResult.set(stack, result);
    stack.isBusy = false;
    this.#note(
      `== deployment ${String(number)} ${result.isKilled ? "is cut short" : result.isOk ? "ends well" : "fails"}${result.errors.length > 0 ? `: ${result.errors.map(({ name, message }) => `${name}: ${message}`).join(" || ")}` : ""}`,
    );
    return result;
  }

  async #run(followed: Followed): Promise<EngineResult> {
    const { stack, machine, step, number } = followed;
    const { world } = this.#script;
    const draw = new Draw(`deployment ${String(this.#script.seed)} ${String(number)}`);
    const faults = this.#isHealed ? [] : (step.faults ?? []);
    const engine: Engine = new Engine({
      world,
      stack,
      step,
      timeline: this.#timeline,
      importedId: step.do === "import" ? this.#importedId(step.nth ?? 0) : undefined,
      newKey: () => draw.uuid(machine.clock.now()),
      observer: {
        begin: (call) => {
          this.#oracle.begin(call, followed);
        },
        end: (call, end) => {
          this.#oracle.end(call, end);
        },
        saved: (of, saved, how) => {
          this.#note(`${of.name}/${saved.name} ${how}: ${saved.id}`);
          this.#oracle.saved(of, saved, how);
        },
        imported: (answer, compared) => {
          this.#counters.sometimes("an execution was looked at for an import");
          this.#oracle.imported(answer, compared);
        },
        note: this.#note,
      },
      openHost: (name) => {
        followed.isPreview = name === "preview";
        const process = new SimulatedProcess(`${name} ${String(number)}`, this.#timeline);
        const open = world.front === "plugin" ? openPluginHost : openDynamicHost;
        const host = open({
          service: world.service,
          engine: `127.0.0.1:${String(10_000 + number)}`,
          machine,
          process,
          timeline: this.#timeline,
          draw,
          fetch: fetchThrough({
            latencyMs: this.#latencyMs,
            dateOf: (node) =>
              world.withoutDate === true
                ? undefined
                : new Date(this.#nodes[node]?.now() ?? this.#timeline.nowMs).toUTCString(),
            nodes: world.nodes.length,
            timeline: this.#timeline,
            draw,
            service: this.#service,
            truth: this.#truth,
            process,
            machine,
            origin: { deployment: number },
            faults: followed.isPreview ? [] : faults,
            note: (text) => {
              this.#note(`[${String(number)}] ${text}`);
            },
            onSend: (kind, workflow, tag) => this.#oracle.sends(followed, kind, workflow, tag),
            onFault: (fault, execution) => {
              this.#countFault(followed, fault, execution !== undefined);
            },
          }),
          hasEngine: () => engine.isAlive,
          onMessage: (severity, urn, text) => {
            this.#oracle.message(followed, severity, urn, text);
          },
        });
        if (!followed.isPreview) this.#setTraps(followed, engine, process);
        return { host, process };
      },
    });
    return engine.run();
  }

  #importedId(nth: number): string | undefined {
    const workflow = workflowName(0);
    const known = this.#truth.executions.filter((one) => one.workflow === workflow && !one.isForgotten);
    return known.at(-1 - nth)?.id;
  }

  #countFault(followed: Followed, { on, what, ms = 0 }: Fault, hasStarted: boolean): void {
    this.#counters.add(`fault: ${what} on ${on}`);
    if (on === "start") {
      if (hasStarted && ["lostAfter", "hangAfter", "errorAfter", "garbage", "cutBody"].includes(what)) {
        this.#counters.sometimes("a start was handled and its answer lost");
        followed.lostStart = true;
        if (
          this.#truth.executions.some(
            (one) => one.origin.deployment === undefined && this.#truth.isRunning(one),
          )
        ) {
          this.#counters.sometimes("somebody else's execution was running beside an uncertain start");
        }
      }
      if (what === "lostBefore" || what === "hangBefore") {
        this.#counters.sometimes("a start was lost before it was handled");
      }
      if (what === "badId") this.#counters.sometimes("a service gave an id that is none");
    }
    if (what === "sameToken") this.#counters.sometimes("a service gave one page over and over");
    if (what === "throttled" && ms >= 86_400_000) {
      this.#counters.sometimes("a service asked to be left alone for a day");
    }
    if (what === "cutList") {
      followed.wasListCut = true;
      this.#counters.sometimes("a list was cut");
    }
    // Handled, and its answer not waited for.
    if (on === "start" && what === "late") followed.lostStart = true;
    if (["foreignId", "foreignName", "badId"].includes(what)) followed.wasLiedTo = true;
  }

  #setTraps(followed: Followed, engine: Engine, process: SimulatedProcess): void {
    if (this.#isHealed) return;
    const { kill, ctrlC } = followed.step;
    const at = (moment: Moment, spring: () => void): void => {
      if ("ms" in moment) this.#timeline.after(moment.ms, spring);
      else process.trap({ moment, spring });
    };
    if (kill) {
      at(kill.moment, () => {
        if (!engine.isAlive) return;
        this.#note(`-- ${kill.who} of deployment ${String(followed.number)} is killed`);
        this.#countKill(followed, kill.moment);
        followed.wasKilled = true;
        if (kill.who !== "host") engine.kill();
        if (kill.who === "all" || kill.who === "host") process.kill();
        else {
          this.#counters.sometimes("an orphan went on after its engine");
          this.#orphanedMs.set(followed.stack, this.#timeline.nowMs);
          this.#timeline.after(4_000, () => {
            engine.orphan();
          });
        }
      });
    }
    if (ctrlC) {
      at(ctrlC.moment, () => {
        if (!engine.isAlive) return;
        this.#note(`-- Ctrl-C in deployment ${String(followed.number)}`);
        followed.abortedMs = this.#timeline.nowMs;
        engine.cancel();
        if (ctrlC.secondAfterMs === undefined) return;
        this.#timeline.after(ctrlC.secondAfterMs, () => {
          if (!engine.isAlive) return;
          this.#note(`-- second Ctrl-C in deployment ${String(followed.number)}`);
          this.#counters.sometimes("a second Ctrl-C came before the state was written");
          followed.wasKilled = true;
          engine.orphan();
          // The CLI waits for its provider, but writes nothing any more.
          engine.kill(1_600);
        });
      });
    }
  }

  #countKill(followed: Followed, moment: Moment): void {
    if (!("at" in moment)) return;
    if (moment.at === "start" && moment.when === "sent") {
      this.#counters.sometimes("a process was killed while a start was on its way");
    }
    if (
      followed.starts > 0 &&
      followed.wants.some((want) => want.state === "open" && want.started.length > 0)
    ) {
      this.#counters.sometimes("a process was killed between the answer to a start and the state");
    }
  }

  // ---- the second phase

  async #heal(): Promise<void> {
    this.#note("## the world heals");
    this.#isHealed = true;
    this.#oracle.isHealed = true;
    for (const clock of [...this.#nodes, ...this.#machines.map(({ clock: own }) => own)]) clock.setRight();
    for (const machine of this.#machines) machine.heal();
    this.#truth.endSoon();
    this.#latencyMs = [10, 120];
    // Everything under way comes to its end, and so does everything that lags.
    await this.#timeline.pass(60_000);
    for (const stack of this.#stacks) {
      const machine = this.#lastMachine.get(stack) ?? 0;
      let isAtRest = false;
      for (let ups = 0; ups < maxHealingUps && !isAtRest; ups += 1) {
        const result = await this.#deploy({ do: "up", stack: stack.index, machine });
        if (this.#oracle.violations.length > 0) return;
        isAtRest = result?.isOk === true && (result.changes === 0 || this.#neverRests(stack));
        if (result?.isOk !== true) this.#answer(stack);
        await this.#timeline.pass(20_000);
      }
      if (!isAtRest) {
        const errors = this.#lastResult.get(stack)?.errors.map(({ message }) => message) ?? [];
        this.#oracle.violate(
          `never comes to rest: ${kindOfError(errors[0] ?? "it changes something with every up")}`,
          `${stack.name}: ${errors.join(" | ")}`,
        );
      }
    }
  }

  // `rerunOn: "always"` runs again with every `up`.
  #neverRests(stack: Stack): boolean {
    return stack.program.some(({ args }) => args?.["rerunOn"] === "always");
  }
}

function kindOfError(message: string): string {
  return /WFX-[A-Z-]+/.exec(message)?.[0] ?? message.slice(0, 60);
}

function describeOptions({ preview, refresh, target, replace, faults = [], kill, ctrlC }: Deploy): string {
  const parts = {
    preview,
    refresh,
    target,
    replace,
    faults: faults.length > 0 ? faults : undefined,
    kill,
    ctrlC,
  };
  const said = Object.entries(parts).filter(([, value]) => value !== undefined && value !== false);
  return said.length === 0 ? "" : JSON.stringify(Object.fromEntries(said));
}

function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
