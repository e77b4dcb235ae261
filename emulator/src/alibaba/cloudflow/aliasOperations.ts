/** CloudFlow operations on aliases of versions, and on schedules. Schedules are kept; they start nothing. */
import { randomUUID } from "node:crypto";
import type { Reply } from "../../http/exchange";
import { isJsonObject, ShapeError } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import { flowOfRequest } from "./executionOperations";
import { refuse, serviceError } from "./errors";
import { readLimit } from "./flowOperations";
import { changeFlow } from "./flows";
import type { Flow, FlowAlias, Schedule } from "./flows";
import { answer, timeText } from "./operation";
import type { CloudFlowOperation, CloudFlowRequest } from "./operation";
import { pageByName } from "./paging";
import { missing } from "./parameters";

const longestDescription = 1024;

/** The operations on versions and aliases of flows. */
export const aliasOperations: readonly CloudFlowOperation[] = [
  { action: "CreateFlowAlias", method: "POST", handle: createAlias },
  { action: "UpdateFlowAlias", method: "POST", handle: updateAlias },
  { action: "DescribeFlowAlias", method: "GET", handle: describeAlias },
  { action: "ListFlowAliases", method: "GET", handle: listAliases },
  { action: "DeleteFlowAlias", method: "POST", handle: deleteAlias },
  { action: "CreateSchedule", method: "POST", handle: createSchedule },
  { action: "UpdateSchedule", method: "POST", handle: updateSchedule },
  { action: "DescribeSchedule", method: "GET", handle: describeSchedule },
  { action: "ListSchedules", method: "GET", handle: listSchedules },
  { action: "DeleteSchedule", method: "POST", handle: deleteSchedule },
];

function createAlias(request: CloudFlowRequest): Reply {
  const { state, parameters } = request;
  const name = parameters.requiredName("Name");
  const flow = flowOfRequest(request);
  const alias: FlowAlias = {
    name,
    description: parameters.text("Description", { max: longestDescription }) ?? "",
    routing: readRouting(request, flow) ?? missing("RoutingConfigurations"),
    createdAt: state.clock.now(),
  };
  if (flow.aliases.some((one) => one.name === name)) {
    refuse(
      serviceError("FlowAliasAlreadyExists", `Alias ${name} for flow ${flow.name} already exists.`),
      request,
    );
  }
  changeFlow(state, flow, { aliases: [...flow.aliases, alias] });
  return answer(request, aliasBody(flow, alias));
}

function updateAlias(request: CloudFlowRequest): Reply {
  const flow = flowOfRequest(request);
  const before = aliasOf(request, flow);
  const alias: FlowAlias = {
    ...before,
    description: request.parameters.text("Description", { max: longestDescription }) ?? before.description,
    routing: readRouting(request, flow) ?? before.routing,
  };
  changeFlow(request.state, flow, { aliases: flow.aliases.map((one) => (one === before ? alias : one)) });
  return answer(request, aliasBody(flow, alias));
}

function describeAlias(request: CloudFlowRequest): Reply {
  const flow = flowOfRequest(request);
  return answer(request, aliasBody(flow, aliasOf(request, flow)));
}

// In the list a weight is text, elsewhere a number.
function listAliases(request: CloudFlowRequest): Reply {
  const limit = readLimit(request);
  const flow = flowOfRequest(request);
  const page = pageByName(flow.aliases, request.parameters.text("NextToken"), limit);
  return answer(request, {
    FlowAliases: page.items.map((alias) => ({
      ...aliasBody(flow, alias),
      RoutingConfigurations: alias.routing.map(({ Version, Weight }) => ({
        Version,
        Weight: String(Weight),
      })),
    })),
    NextToken: page.nextToken,
  });
}

function deleteAlias(request: CloudFlowRequest): Reply {
  const flow = flowOfRequest(request);
  const alias = aliasOf(request, flow);
  changeFlow(request.state, flow, { aliases: flow.aliases.filter((one) => one !== alias) });
  return answer(request, {});
}

function aliasOf(request: CloudFlowRequest, flow: Flow): FlowAlias {
  const name = request.parameters.requiredName("Name");
  const code = "FlowAliasNotExists";
  return named(flow.aliases, name) ?? refuseUnknown(request, code, `Alias ${name} for flow ${flow.name}`);
}

function aliasBody(flow: Flow, { name, description, routing, createdAt }: FlowAlias): JsonObject {
  return {
    Name: name,
    FlowName: flow.name,
    Description: description,
    CreatedTime: timeText(createdAt),
    RoutingConfigurations: routing,
  };
}

function readRouting({ parameters }: CloudFlowRequest, flow: Flow): FlowAlias["routing"] | undefined {
  const name = "RoutingConfigurations";
  const list = parameters.json(name)?.value;
  if (list === undefined) return undefined;
  if (!Array.isArray(list) || list.length === 0) throw new ShapeError(name, "must be a list of versions");
  return list.map((item: unknown) => {
    const { Version, Weight } = isJsonObject(item) ? item : {};
    const weight = Number(Weight);
    if (typeof Version !== "string" || !(weight >= 0 && weight <= 100)) {
      throw new ShapeError(name, "must have a Version and a Weight from 0 to 100 each");
    }
    if (!flow.versions.some(({ version }) => version === Version)) {
      throw new ShapeError(name, `there is no version ${Version}`);
    }
    return { Version, Weight: weight };
  });
}

function createSchedule(request: CloudFlowRequest): Reply {
  const { state, parameters } = request;
  const name = parameters.requiredName("ScheduleName");
  const flow = flowOfRequest(request);
  const now = state.clock.now();
  const schedule: Schedule = {
    id: randomUUID(),
    name,
    cronExpression: parameters.required("CronExpression", { max: 256 }),
    payload: parameters.json("Payload")?.text ?? "",
    enable: parameters.flag("Enable") ?? false,
    description: parameters.text("Description", { max: longestDescription }) ?? "",
    createdAt: now,
    editedAt: now,
  };
  if (flow.schedules.some((one) => one.name === name)) {
    refuse(
      serviceError("ScheduleAlreadyExists", `Schedule ${name} for flow ${flow.name} already exists.`),
      request,
    );
  }
  changeFlow(state, flow, { schedules: [...flow.schedules, schedule] });
  return answer(request, scheduleBody(schedule));
}

function updateSchedule(request: CloudFlowRequest): Reply {
  const { state, parameters } = request;
  const flow = flowOfRequest(request);
  const before = scheduleOf(request, flow);
  const schedule: Schedule = {
    ...before,
    cronExpression: parameters.text("CronExpression", { max: 256 }) ?? before.cronExpression,
    payload: parameters.json("Payload")?.text ?? before.payload,
    enable: parameters.flag("Enable") ?? before.enable,
    description: parameters.text("Description", { max: longestDescription }) ?? before.description,
    editedAt: state.clock.now(),
  };
  changeFlow(state, flow, { schedules: flow.schedules.map((one) => (one === before ? schedule : one)) });
  return answer(request, scheduleBody(schedule));
}

function describeSchedule(request: CloudFlowRequest): Reply {
  return answer(request, scheduleBody(scheduleOf(request, flowOfRequest(request))));
}

function listSchedules(request: CloudFlowRequest): Reply {
  const limit = readLimit(request);
  const flow = flowOfRequest(request);
  const page = pageByName(flow.schedules, request.parameters.text("NextToken"), limit);
  return answer(request, { Schedules: page.items.map(scheduleBody), NextToken: page.nextToken });
}

function deleteSchedule(request: CloudFlowRequest): Reply {
  const flow = flowOfRequest(request);
  const schedule = scheduleOf(request, flow);
  changeFlow(request.state, flow, { schedules: flow.schedules.filter((one) => one !== schedule) });
  return answer(request, {});
}

function scheduleOf(request: CloudFlowRequest, flow: Flow): Schedule {
  const name = request.parameters.requiredName("ScheduleName");
  const code = "ScheduleNotExists";
  return (
    named(flow.schedules, name) ?? refuseUnknown(request, code, `Schedule ${name} for flow ${flow.name}`)
  );
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T | undefined {
  return all.find((one) => one.name === name);
}

function refuseUnknown(
  request: CloudFlowRequest,
  code: Parameters<typeof serviceError>[0],
  what: string,
): never {
  return refuse(serviceError(code, `${what} does not exist.`), request);
}

function scheduleBody(schedule: Schedule): JsonObject {
  return {
    ScheduleId: schedule.id,
    ScheduleName: schedule.name,
    CronExpression: schedule.cronExpression,
    Payload: schedule.payload,
    Enable: schedule.enable,
    Description: schedule.description,
    CreatedTime: timeText(schedule.createdAt),
    LastModifiedTime: timeText(schedule.editedAt),
  };
}
