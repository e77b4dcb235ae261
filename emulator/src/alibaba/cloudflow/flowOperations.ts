/** CloudFlow operations on flows and their versions, and the list of regions. */
import type { Reply } from "../../http/exchange";
import { isJsonObject, ShapeError } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import { readDefinition } from "../fdl/definition";
import { flowOfRequest } from "./executionOperations";
import { refuse, serviceError } from "./errors";
import { findExecution, startOf } from "./executions";
import { allFlows, changeFlow, createFlow, findFlow } from "./flows";
import type { Flow, FlowVersion, Variable } from "./flows";
import { answer, timeText } from "./operation";
import type { CloudFlowOperation, CloudFlowRequest } from "./operation";
import { pageByName } from "./paging";

const defaultLimit = 60;
const longestDescription = 1024;

const regions: readonly (readonly [id: string, name: string])[] = [
  ["cn-hangzhou", "华东1(杭州)"],
  ["cn-shanghai", "华东2(上海)"],
  ["cn-beijing", "华北2(北京)"],
  ["cn-qingdao", "华北1(青岛)"],
  ["cn-shenzhen", "华南1(深圳)"],
  ["ap-southeast-1", "新加坡"],
  ["us-west-1", "美国(硅谷)"],
];

/** The operations on flows, and the list of regions. */
export const flowOperations: readonly CloudFlowOperation[] = [
  { action: "CreateFlow", method: "POST", handle: create },
  { action: "UpdateFlow", method: "POST", handle: update },
  { action: "DescribeFlow", method: "GET", handle: describe },
  { action: "DeleteFlow", method: "POST", handle: remove },
  { action: "ListFlows", method: "GET", handle: list },
  { action: "PublishFlowVersion", method: "POST", handle: publishVersion },
  { action: "DeleteFlowVersion", method: "POST", handle: deleteVersion },
  { action: "ListFlowVersions", method: "GET", handle: listVersions },
  { action: "DescribeRegions", method: "POST", handle: describeRegions },
];

function create(request: CloudFlowRequest): Reply {
  const { state, parameters, projectId, identity, quirks } = request;
  const name = parameters.requiredName("Name");
  const description =
    quirks["descriptionOptional"] === true
      ? (parameters.text("Description", { max: longestDescription }) ?? "")
      : parameters.required("Description", { max: longestDescription });
  parameters.required("Type", { oneOf: ["FDL"] });
  const flow = {
    name,
    description,
    definition: checkedDefinition(parameters.required("Definition"), name),
    roleArn: parameters.text("RoleArn", { max: 512 }) ?? "",
    executionMode: parameters.text("ExecutionMode", { oneOf: ["Standard", "Express"] }) ?? "Standard",
    externalStorageLocation: parameters.text("ExternalStorageLocation", { max: 512 }) ?? "",
    variables: readEnvironment(request) ?? [],
    resourceGroupId: parameters.text("ResourceGroupId", { max: 128 }) ?? "",
  };
  if (findFlow(state, projectId, name)) {
    refuse(serviceError("FlowAlreadyExists", `Flow ${name} already exists.`), request);
  }
  return answer(request, flowBody(request, createFlow(state, projectId, flow, identity.userName)));
}

function update(request: CloudFlowRequest): Reply {
  const { state, parameters } = request;
  const flow = flowOfRequest(request, "Name");
  parameters.text("Type", { oneOf: ["FDL"] });
  const definition = parameters.text("Definition");
  const changed = changeFlow(state, flow, {
    description: parameters.text("Description", { max: longestDescription }),
    definition: definition === undefined ? undefined : checkedDefinition(definition, flow.name),
    roleArn: parameters.text("RoleArn", { max: 512 }),
    variables: readEnvironment(request),
    editedAt: state.clock.now(),
  });
  return answer(request, {
    ...flowBody(request, changed),
    ExecutionMode: undefined,
    ExternalStorageLocation: changed.externalStorageLocation,
  });
}

function describe(request: CloudFlowRequest): Reply {
  const flow = flowOfRequest(request, "Name");
  const number = request.parameters.text("FlowVersion", { max: 64 });
  if (number === undefined || number === "LATEST") return answer(request, flowBody(request, flow));
  const { definition } = versionOf(request, flow, number);
  return answer(request, flowBody(request, { ...flow, definition }));
}

function remove(request: CloudFlowRequest): Reply {
  const { state, projectId } = request;
  const flow = flowOfRequest(request, "Name");
  // The history is gone with the flow: a new flow of the same name starts without it.
  for (const execution of state.executions.executionsOf(flow.workflow.service, projectId, flow.name)) {
    const own = findExecution(state, flow, startOf(execution).executionName);
    if (own) state.executions.purge(own);
  }
  state.executions.removeWorkflow(flow.workflow);
  return answer(request, {});
}

function list(request: CloudFlowRequest): Reply {
  const { state, parameters, projectId } = request;
  const group = parameters.text("ResourceGroupId");
  const flows = allFlows(state, projectId).filter(
    ({ resourceGroupId }) => group === undefined || resourceGroupId === group,
  );
  const page = pageByName(flows, parameters.text("NextToken"), readLimit(request));
  return answer(request, {
    Flows: page.items.map((flow) => flowBody(request, flow)),
    NextToken: page.nextToken,
  });
}

/** The `Limit` of the lists that are not of executions. */
export function readLimit({ parameters, quirks }: CloudFlowRequest): number {
  const max = quirks["englishLimits"] ? 999 : 1000;
  return parameters.integer("Limit", { min: 1, max }) ?? defaultLimit;
}

function flowBody({ quirks }: CloudFlowRequest, flow: Flow): JsonObject {
  const standard = quirks["executionModeEmpty"] ? "" : "Standard";
  return {
    Id: flow.id,
    Name: flow.name,
    Description: flow.description,
    Definition: flow.definition,
    Type: "FDL",
    RoleArn: flow.roleArn,
    CreatedTime: timeText(flow.createdAt),
    LastModifiedTime: timeText(flow.editedAt),
    ExecutionMode: flow.express ? "Express" : standard,
    Environment: { Variables: flow.variables },
    ResourceGroupId: flow.resourceGroupId,
  };
}

// The flow's name has to be the same in the definition.
function checkedDefinition(text: string, name: string): string {
  const { name: own } = readDefinition(text);
  if (own !== undefined && own !== name) {
    throw new ShapeError("Definition", `has the name ${JSON.stringify(own)}, but the flow is ${name}`);
  }
  return text;
}

function readEnvironment({ parameters }: CloudFlowRequest): Variable[] | undefined {
  const environment = parameters.json("Environment")?.value;
  if (environment === undefined) return undefined;
  const variables = isJsonObject(environment) ? (environment["Variables"] ?? []) : undefined;
  if (!Array.isArray(variables)) throw new ShapeError("Environment", "must have a list of Variables");
  return variables.map((variable: unknown) => {
    if (!isJsonObject(variable)) throw new ShapeError("Environment", "has a variable that is not an object");
    const { Name, Value, Description } = variable;
    if (typeof Name !== "string" || typeof Value !== "string") {
      throw new ShapeError("Environment", "has a variable without Name and Value");
    }
    return typeof Description === "string" ? { Name, Value, Description } : { Name, Value };
  });
}

function publishVersion(request: CloudFlowRequest): Reply {
  const { state, parameters } = request;
  const flow = flowOfRequest(request);
  const number = flow.lastVersion + 1;
  const version: FlowVersion = {
    version: String(number),
    description: parameters.text("Description", { max: longestDescription }) ?? "",
    definition: flow.definition,
    createdAt: state.clock.now(),
  };
  changeFlow(state, flow, { versions: [...flow.versions, version], lastVersion: number });
  return answer(request, versionBody(flow, version));
}

function deleteVersion(request: CloudFlowRequest): Reply {
  const flow = flowOfRequest(request);
  const { version } = versionOf(request, flow, request.parameters.required("FlowVersion", { max: 64 }));
  const alias = flow.aliases.find(({ routing }) => routing.some(({ Version }) => Version === version));
  if (alias) {
    const message = `Version ${version} is used by the alias ${alias.name}.`;
    refuse(serviceError("PreconditionFailed", message), request);
  }
  changeFlow(request.state, flow, { versions: flow.versions.filter((one) => one.version !== version) });
  return answer(request, {});
}

function listVersions(request: CloudFlowRequest): Reply {
  const limit = readLimit(request);
  const from = request.parameters.integer("NextToken", { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? 1;
  const flow = flowOfRequest(request);
  const rest = flow.versions.filter(({ version }) => Number(version) >= from);
  return answer(request, {
    FlowVersions: rest.slice(0, limit).map((version) => versionBody(flow, version)),
    NextToken: rest[limit]?.version,
  });
}

function versionOf(request: CloudFlowRequest, flow: Flow, number: string): FlowVersion {
  const found = flow.versions.find(({ version }) => version === number);
  if (found) return found;
  const message = `Version ${number} for flow ${flow.name} does not exist.`;
  return refuse(serviceError("FlowVersionNotExists", message), request);
}

function versionBody(flow: Flow, { version, description, createdAt }: FlowVersion): JsonObject {
  return {
    FlowName: flow.name,
    Version: version,
    Description: description,
    CreatedTime: timeText(createdAt),
  };
}

function describeRegions(request: CloudFlowRequest): Reply {
  const chinese = (request.parameters.text("AcceptLanguage") ?? "zh-CN").toLowerCase().startsWith("zh");
  return answer(request, {
    Regions: {
      Region: regions.map(([id, name]) => ({
        RegionId: id,
        LocalName: chinese ? name : id,
        RegionEndpoint: `${id}.fnf.aliyuncs.com`,
      })),
    },
  });
}
