/**
 * The stage of a scenario: each front has an emulator and a machine of its own, and processes that scenarios share, as
 * deployments serve many resources.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "runbook-emulator";
import type { ServiceName } from "../../provider/src/services/registry";
import { control, executionsOf } from "../support/emulators";
import { registeredServices, workflowArgument } from "../support/everyService";
import type { Bag } from "../support/plugin/wireValues";
import { startWithStates } from "../support/stepFunctions/emulatedStates";
import type { Kept, Step } from "./deployment";
import { Deployment } from "./deployment";
import type { Difference } from "./differences";
import { met } from "./differences";
import { dynamicFront } from "./dynamicFront";
import type { Declared, Front, Timeouts } from "./front";
import { pluginFront } from "./pluginFront";

/** Deployments of a stack, one after the other; nobody cuts them short. */
export type Turn = "first" | "second" | "third";

/** Both fronts, for as long as a test file runs. */
export class Fronts {
  readonly #sides: readonly Side[];

  private constructor(sides: readonly Side[]) {
    this.#sides = sides;
  }

  static async open(): Promise<Fronts> {
    return new Fronts(await Promise.all([dynamicFront, pluginFront].map((front) => Side.open(front))));
  }

  /**
   * Plays a scenario for every service through both fronts.
   * @returns by service, the result through each front; names that differ in every run are replaced.
   */
  async play(scenario: Scenario): Promise<Record<ServiceName, Record<Front["name"], unknown>>> {
    const played = registeredServices.map(async (service) => {
      const results = this.#sides.map(async (side) => {
        const stage = new Stage(side, service, scenario.name);
        const result = await scenario.play(stage);
        return [side.front.name, await stage.tidy(result)] as const;
      });
      return [service, Object.fromEntries(await Promise.all(results))] as const;
    });
    return Object.fromEntries(await Promise.all(played)) as Record<
      ServiceName,
      Record<Front["name"], unknown>
    >;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sides.map((side) => side.close()));
  }
}

/** One front with its emulator and its machine. */
class Side {
  readonly #deployments = new Map<Turn, Promise<Deployment>>();

  private constructor(
    readonly front: Front,
    readonly emulator: Emulator,
    readonly home: string,
  ) {}

  static async open(front: Front): Promise<Side> {
    return new Side(front, await startWithStates(), mkdtempSync(join(tmpdir(), "runbook-fronts-")));
  }

  start(hasSettings = true): Promise<Deployment> {
    return Deployment.start(this.front, this.emulator, this.home, hasSettings);
  }

  deployment(turn: Turn): Promise<Deployment> {
    const known = this.#deployments.get(turn);
    if (known) return known;
    const started = this.start();
    this.#deployments.set(turn, started);
    return started;
  }

  async close(): Promise<void> {
    const deployments = await Promise.all(this.#deployments.values());
    await Promise.all(deployments.map((each) => each.stop()));
    await this.emulator.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A scenario that is played for every service through both fronts. */
export interface Scenario {
  readonly title: string;
  /** Of its workflows and resources. */
  readonly name: string;
  /** Checks the right values, and gives the values that have to be the same. */
  play(stage: Stage): Promise<unknown>;
}

/** One scenario of one service through one front. */
export class Stage {
  readonly service: ServiceName;
  /** The scenario's workflow; it exists when it is scripted. */
  readonly workflow: string;
  readonly #side: Side;
  readonly #name: string;

  constructor(side: Side, service: ServiceName, name: string) {
    this.#side = side;
    this.service = service;
    this.#name = name.replace(/\W+/g, "-");
    this.workflow = `${service}-${this.#name}`;
  }

  /** The argument that names the workflow. */
  get subject(): Readonly<Record<string, string>> {
    return workflowArgument(this.service, this.workflow);
  }

  get front(): Front {
    return this.#side.front;
  }

  get emulator(): Emulator {
    return this.#side.emulator;
  }

  /** Scripts the workflow: one step, which succeeds soon unless the node says otherwise. */
  async script(node: Bag = {}): Promise<void> {
    const nodes = [{ id: "Work", name: "Work", durationMs: 50, ...node }];
    await control(this.emulator, "PUT", `/workflows/${this.workflow}`, { service: this.service, nodes });
  }

  /** A resource that runs the workflow. */
  resource(args: Bag = {}, timeouts?: Timeouts): Declared {
    return {
      service: this.service,
      name: `${this.service}-${this.#name}`,
      args: { ...this.subject, ...args },
      timeouts,
    };
  }

  deployment(turn: Turn): Promise<Deployment> {
    return this.#side.deployment(turn);
  }

  /** A deployment that the scenario has for itself, and stops. */
  ownDeployment({ hasSettings = true }: { hasSettings?: boolean } = {}): Promise<Deployment> {
    return this.#side.start(hasSettings);
  }

  /** The executions, in the order of their starts. */
  async runs(): Promise<("runs" | "ended")[]> {
    const executions = await executionsOf(this.emulator);
    return executions
      .filter(({ workflowId }) => workflowId === this.workflow)
      .map(({ status }) => (/^running$/i.test(status) ? "runs" : "ended"));
  }

  /** The value that this front may have where the other one has another: a row of the table in the docs. */
  differs<T>(difference: Difference, values: Readonly<Record<Front["name"], T>>): T {
    met.add(difference);
    return values[this.front.name];
  }

  /** A result without the values that differ in every run: ids by their order, times, addresses; and without the front's URN. */
  async tidy(result: unknown): Promise<unknown> {
    const executions = await executionsOf(this.emulator);
    const mine = executions.filter(({ workflowId }) => workflowId === this.workflow);
    let text = JSON.stringify(result);
    mine.forEach(({ executionId }, place) => {
      text = text.replaceAll(executionId, `<execution ${String(place + 1)}>`);
    });
    text = text
      .replaceAll(this.front.urnOf(this.resource()), "<urn>")
      .replaceAll(this.emulator.url, "<emulator>")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g, "<time>")
      .replace(/"durationMs":\d+/g, '"durationMs":"<duration>"')
      .replace(/(?:less than )?\b\d+(?:\.\d+)? ?(?:ms|s)\b/g, "<duration>");
    return JSON.parse(text, (key, value: unknown) => (key.startsWith("__") ? undefined : value));
  }
}

/** The resource in the state; fails where there is none. */
export function keptOf({ kept, ...rest }: Step): Kept {
  if (!kept) throw new Error(`nothing is kept: ${JSON.stringify(rest)}`);
  return kept;
}
