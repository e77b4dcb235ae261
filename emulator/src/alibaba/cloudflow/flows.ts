/**
 * Flows as the store keeps them: a workflow whose attributes are the fields of CloudFlow's flow object, with versions,
 * aliases and schedules beside them. A flow that is scripted anew keeps its `definition`: the control API sees to it.
 */
import { randomUUID } from "node:crypto";
import type { Program } from "../../player/program";
import { unscripted } from "../../player/script";
import type { NodeScript, WorkflowScript } from "../../player/script";
import type { Workflow } from "../../executions/record";
import { derivedHex, derivedUuid } from "../../ground/identifiers";
import type { EmulatorState } from "../../cloud/state";
import type { Account } from "../../accounts/account";
import { readDefinition } from "../fdl/definition";
import { cloudFlow } from "./operation";

/** A variable of a flow's environment. */
export interface Variable {
  readonly Name: string;
  readonly Value: string;
  readonly Description?: string;
}

/** A published version of a flow. Time in epoch milliseconds. */
export interface FlowVersion {
  readonly version: string;
  readonly description: string;
  readonly definition: string;
  readonly createdAt: number;
}

/** A name for one or two versions of a flow. Time in epoch milliseconds. */
export interface FlowAlias {
  readonly name: string;
  readonly description: string;
  readonly routing: readonly { readonly Version: string; readonly Weight: number }[];
  readonly createdAt: number;
}

/** A time trigger of a flow. Times in epoch milliseconds. */
export interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly cronExpression: string;
  readonly payload: string;
  readonly enable: boolean;
  readonly description: string;
  readonly createdAt: number;
  readonly editedAt: number;
}

/** A flow, read out of its workflow. */
export interface Flow {
  readonly workflow: Workflow;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly definition: string;
  /** The flow has no definition of its own: it is made of the nodes of its script. */
  readonly scripted: boolean;
  readonly roleArn: string;
  readonly express: boolean;
  readonly externalStorageLocation: string;
  readonly variables: readonly Variable[];
  readonly resourceGroupId: string;
  readonly createdAt: number;
  readonly editedAt: number;
  readonly versions: readonly FlowVersion[];
  /** The highest number that was ever given. */
  readonly lastVersion: number;
  readonly aliases: readonly FlowAlias[];
  readonly schedules: readonly Schedule[];
}

/** The fields of a flow that a change may set. */
export type FlowChanges = { readonly [K in ChangeableField]?: Flow[K] | undefined };

type ChangeableField =
  | "description"
  | "definition"
  | "roleArn"
  | "variables"
  | "versions"
  | "lastVersion"
  | "aliases"
  | "schedules"
  | "editedAt";

/** Express executions end after five minutes, Standard ones after a year. */
const longestRunMs = { express: 5 * 60_000, standard: 365 * 24 * 3_600_000 };

/** The project under which the store keeps an account's flows: the account's first. */
export function homeOf(account: Account): string {
  return account.projects[0]?.id ?? account.domainId;
}

/** The account's flow of this name. */
export function findFlow(state: EmulatorState, projectId: string, name: string): Flow | undefined {
  const workflow = state.executions.workflow(cloudFlow, projectId, name);
  return workflow && flowOf(workflow);
}

/** All flows of an account, by name. */
export function allFlows(state: EmulatorState, projectId: string): Flow[] {
  return state.executions
    .workflows()
    .filter((workflow) => workflow.service === cloudFlow && workflow.projectId === projectId)
    .map(flowOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The flow that a workflow of the store is. One that is only scripted gets a definition with its nodes as tasks. */
export function flowOf(workflow: Workflow): Flow {
  const { attributes, description, base } = workflow.script;
  const text = (name: string): string => {
    const value = attributes[name];
    return typeof value === "string" ? value : "";
  };
  const own = text("Definition") || text("definition");
  const environment = attributes["Environment"] as { readonly Variables?: readonly Variable[] } | undefined;
  return {
    workflow,
    id: text("Id") || derivedUuid("flow", workflow.projectId, workflow.id),
    name: workflow.id,
    description: text("Description") || description,
    definition: own || definitionOfNodes(workflow.id, base.nodes),
    scripted: own === "",
    roleArn: text("RoleArn"),
    express: text("ExecutionMode") === "Express",
    externalStorageLocation: text("ExternalStorageLocation"),
    variables: environment?.Variables ?? [],
    resourceGroupId: text("ResourceGroupId"),
    createdAt: workflow.createdAt,
    editedAt: (attributes["editedAt"] as number | undefined) ?? workflow.editedAt,
    versions: (attributes["versions"] as readonly FlowVersion[] | undefined) ?? [],
    lastVersion: (attributes["lastVersion"] as number | undefined) ?? 0,
    aliases: (attributes["aliases"] as readonly FlowAlias[] | undefined) ?? [],
    schedules: (attributes["schedules"] as readonly Schedule[] | undefined) ?? [],
  };
}

/** Makes a new flow. */
export function createFlow(
  state: EmulatorState,
  projectId: string,
  flow: {
    readonly name: string;
    readonly description: string;
    readonly definition: string;
    readonly roleArn: string;
    readonly executionMode: string;
    readonly externalStorageLocation: string;
    readonly variables: readonly Variable[];
    readonly resourceGroupId: string;
  },
  createdBy: string,
): Flow {
  const now = state.clock.now();
  const script: WorkflowScript = {
    name: flow.name,
    description: flow.description,
    base: unscripted,
    runs: [],
    attributes: {
      Id: randomUUID(),
      Description: flow.description,
      definition: flow.definition,
      RoleArn: flow.roleArn,
      ExecutionMode: flow.executionMode,
      ExternalStorageLocation: flow.externalStorageLocation,
      Environment: { Variables: flow.variables },
      ResourceGroupId: flow.resourceGroupId,
      editedAt: now,
    },
  };
  const id = flow.name;
  const made = { service: cloudFlow, projectId, id, script, createdBy };
  return flowOf(state.executions.createWorkflow(made, now));
}

/** Changes a flow and returns the flow as it is then. */
export function changeFlow(state: EmulatorState, flow: Flow, changes: FlowChanges): Flow {
  const { description, definition, roleArn, variables, ...rest } = changes;
  const attributes = {
    ...rest,
    ...(description === undefined ? {} : { Description: description }),
    ...(definition === undefined ? {} : { definition, Definition: undefined }),
    ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    ...(variables === undefined ? {} : { Environment: { Variables: variables } }),
  };
  state.executions.editAttributes(flow.workflow, attributes);
  return findFlow(state, flow.workflow.projectId, flow.name) ?? flow;
}

/** The program of a definition, with the longest time that the flow's mode allows. */
export function programOf(flow: Flow, definition: string): Program {
  const { program } = readDefinition(definition);
  const limit = flow.express ? longestRunMs.express : longestRunMs.standard;
  return { ...program, timeoutMs: Math.min(limit, program.timeoutMs ?? limit) };
}

/**
 * The definition that a qualifier means: a version, `LATEST`, or an alias, whose weights the execution's name decides
 * between. `undefined` when there is none.
 */
export function qualifiedDefinition(
  flow: Flow,
  qualifier: string,
  executionName: string,
): string | undefined {
  if (qualifier === "LATEST") return flow.definition;
  const alias = flow.aliases.find(({ name }) => name === qualifier);
  const wanted = alias ? weighted(alias, executionName) : qualifier;
  return flow.versions.find(({ version }) => version === wanted)?.definition;
}

function weighted({ routing }: FlowAlias, executionName: string): string | undefined {
  const total = routing.reduce((sum, { Weight }) => sum + Weight, 0);
  let point = (Number.parseInt(derivedHex(executionName).slice(0, 8), 16) / 0x1_0000_0000) * total;
  for (const { Version, Weight } of routing) {
    point -= Weight;
    if (point < 0) return Version;
  }
  return routing.at(-1)?.Version;
}

/** A definition with the nodes as tasks, one after the other. */
export function definitionOfNodes(name: string, nodes: readonly NodeScript[]): string {
  const states = nodes.map((node, index) => {
    const next = nodes[index + 1]?.id;
    const onward = next === undefined ? "End: true" : `Next: ${JSON.stringify(next)}`;
    return [
      "  - Type: Task",
      `    Name: ${JSON.stringify(node.id)}`,
      ...(node.name === node.id ? [] : [`    Description: ${JSON.stringify(node.name)}`]),
      "    Action: FC:InvokeFunction",
      ...(node.pause ? ["    TaskMode: WaitForCustomCallback"] : []),
      ...(node.ignoreError && next !== undefined
        ? ["    Catch:", "      - Errors: [FnF.ALL]", `        Next: ${JSON.stringify(next)}`]
        : []),
      `    ${onward}`,
    ].join("\n");
  });
  const head = [
    "Type: StateMachine",
    "SpecVersion: v1",
    `Name: ${JSON.stringify(name)}`,
    `StartAt: ${JSON.stringify(nodes[0]?.id ?? "")}`,
    "States:",
  ];
  return `${[...head, ...states].join("\n")}\n`;
}
