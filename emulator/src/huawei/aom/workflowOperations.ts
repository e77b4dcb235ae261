/** AOM operations on workflows: create, list, switch the timer. There is none to show, change or delete one. */
import type { RunScript, WorkflowScript } from "../../player/script";
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import { derivedUuid } from "../../ground/identifiers";
import { isJsonObject, readText, ShapeError } from "../../ground/jsonShape";
import type { Fields, JsonObject } from "../../ground/jsonShape";
import { refuseInput, parameter, readBody, readInput } from "./operation";
import type { AomOperation, AomRequest } from "./operation";
import { workflowErrors } from "./errors";
import { workflowBody } from "./workflowBody";

/** The operations on workflows. */
export const workflowOperations: readonly AomOperation[] = [
  {
    operation: "CreateWorkflow",
    method: "POST",
    path: "/v1/{project_id}/cms/workflow",
    errors: workflowErrors,
    handle: create,
  },
  {
    operation: "ListWorkflow",
    method: "POST",
    path: "/v1/{project_id}/cms/workflow-list",
    errors: workflowErrors,
    handle: list,
  },
  {
    operation: "UpdateWorkflowTriggerStatus",
    method: "PUT",
    path: "/v1/{project_id}/cms/workflow/{workflow_id}/trigger/action",
    errors: workflowErrors,
    handle: switchTrigger,
  },
];

const nameLimits = {
  min: 1,
  max: 64,
  pattern: /^[\p{Script=Han}A-Za-z0-9_-]+$/u,
  patternText: "may have letters, digits, - and _",
};
const idLimits = { min: 1, max: 64 };
const taskTypes = ["package", "script", "job", "cloud", "standard", "customize"];

/** The run of a workflow that was made through the API: one node that succeeds after a second. */
export const defaultRun: RunScript = {
  nodes: [
    {
      id: "run-task",
      name: "Run task",
      durationMs: 1000,
      status: "success",
      ignoreError: false,
      pause: false,
    },
  ],
  requiresApproval: false,
  approvers: [],
  queuedMs: 0,
  stopTakesMs: 0,
};

function create(request: AomRequest): Reply {
  const { state, projectId, identity } = request;
  const script = readBody(request, readNewWorkflow);
  const id = derivedUuid("workflow", projectId, script.name);
  if (state.executions.workflow("aom", projectId, id))
    refuseInput(request, `name: ${script.name} exists already`);
  const { userName: createdBy } = identity;
  const workflow = state.executions.createWorkflow({ service: "aom", projectId, id, script, createdBy });
  return jsonReply(200, workflowBody(state, workflow, script.base));
}

// Unknown fields pass, as with the service.
function readNewWorkflow(fields: Fields): WorkflowScript {
  const attributes: JsonObject = {
    type: fields.requiredText("type", { oneOf: ["cron", "manual"] }),
    template_id: fields.requiredText("template_id", idLimits),
    task_type: fields.requiredText("task_type", { oneOf: taskTypes }),
    input: fields.required("input", fields.object("input")),
    tags: readTags(fields),
    quote: fields.list("quote", (item, at) => readText(item, at, { min: 1, max: 128 })) ?? [],
  };
  const optional: [string, number][] = [
    ["template_name", 64],
    ["job_name", 64],
    ["job_id", 64],
    ["service_scenario", 64],
    ["service_name", 128],
  ];
  for (const [name, max] of optional) {
    const value = fields.text(name, { max });
    if (value !== undefined) attributes[name] = value;
  }
  if (attributes["type"] === "cron") {
    attributes["trigger_id"] = derivedUuid("trigger", JSON.stringify(fields.source));
    attributes["trigger_status"] = "active";
  }
  return {
    name: fields.requiredText("name", nameLimits),
    description: fields.text("description", { max: 128 }) ?? "",
    base: defaultRun,
    runs: [],
    attributes,
  };
}

function readTags(fields: Fields): JsonObject {
  const tags = fields.object("tags") ?? {};
  if (Object.keys(tags).length > 20) throw new ShapeError(fields.at("tags"), "must have at most 20 entries");
  return tags;
}

const sortFields = ["create_time", "last_execution_start_time", "update_time"];
const statuses = [
  "success",
  "fail",
  "executing",
  "cancel",
  "waitExecute",
  "waitApproval",
  "approvalFailed",
  "pausing",
  "canceling",
];

interface WorkflowQuery {
  readonly sortField: string;
  readonly ascending: boolean;
  readonly page: number;
  readonly size: number;
  readonly matches: (workflow: JsonObject) => boolean;
  /** True if the query names an enterprise project. */
  readonly namesProject: boolean;
}

function list(request: AomRequest): Reply {
  const { state, projectId, quirks } = request;
  const query = readBody(request, readQuery);
  const isOfDefault = quirks["workflowListOfDefaultProject"] === true && !query.namesProject;
  const found = state.executions
    .workflows()
    .filter((workflow) => workflow.service === "aom" && workflow.projectId === projectId)
    .map((workflow) => workflowBody(state, workflow, workflow.script.base))
    .filter((workflow) => query.matches(workflow))
    .filter((workflow) => !isOfDefault || workflow["enterprise_project_id"] === "0")
    .sort((a, b) => {
      const order = Number(a[query.sortField]) - Number(b[query.sortField]);
      return (query.ascending ? order : -order) || String(a["id"]).localeCompare(String(b["id"]));
    });
  const from = (query.page - 1) * query.size;
  const elements = found.slice(from, from + query.size);
  return jsonReply(200, {
    elements: quirks["workflowsNameNoProject"] === true ? elements.map(withoutProject) : elements,
    total_elements: found.length,
  });
}

function withoutProject({ enterprise_project_id: _left, ...workflow }: JsonObject): JsonObject {
  return workflow;
}

function readQuery(fields: Fields): WorkflowQuery {
  const sortField = fields.requiredText("sort_field", { oneOf: sortFields });
  const ascending = fields.requiredText("sort_type", { oneOf: ["ASC", "DESC"] }) === "ASC";
  // The text counts pages from 0, the schema from 1: both are the first page.
  const page = Math.max(1, fields.number("page", { min: 0, integer: true }) ?? 0);
  const size = fields.number("size", { min: 1, max: 100, integer: true }) ?? 10;
  const search = fields.text("search", idLimits);
  const tags = fields.object("tags") ?? {};
  if (Object.keys(tags).length > 10) throw new ShapeError("tags", "must have at most 10 entries");
  const since = fields.number("search_time_start", { min: 0 });
  const until = fields.number("search_time_end", { min: 0 });
  const exact: readonly [string, string | undefined][] = [
    ["type", fields.text("type", { oneOf: ["cron", "event", "manual"] })],
    ["create_by", fields.text("create_by", idLimits)],
    ["enterprise_project_id", fields.text("enterprise_project_id", idLimits)],
    ["status", fields.text("status", { oneOf: statuses })],
  ];
  const matches = (workflow: JsonObject): boolean =>
    exact.every(([name, wanted]) => wanted === undefined || workflow[name] === wanted) &&
    (search === undefined ||
      `${String(workflow["name"])}\n${String(workflow["description"])}`.includes(search)) &&
    hasTags(workflow["tags"], tags) &&
    (since === undefined || Number(workflow["create_time"]) >= since) &&
    (until === undefined || Number(workflow["create_time"]) <= until);
  return { sortField, ascending, page, size, matches, namesProject: fields.has("enterprise_project_id") };
}

function hasTags(actual: unknown, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([name, value]) => isJsonObject(actual) && actual[name] === value);
}

function switchTrigger(request: AomRequest): Reply {
  const { state, projectId, call, quirks } = request;
  const action = readInput(request, () =>
    readText(call.query.get("action") ?? undefined, "action", { oneOf: ["enable", "disable"] }),
  );
  const workflow = state.executions.workflow("aom", projectId, parameter(request, "workflow_id"));
  if (!workflow) refuseInput(request, "workflow not exist.");
  if (workflow.script.attributes["type"] !== "cron") refuseInput(request, "the workflow has no timer");
  state.executions.editAttributes(workflow, { trigger_status: action === "enable" ? "active" : "inactive" });
  if (quirks["triggerAnswerInvalid"]) {
    return { status: 200, headers: { "content-type": "application/json" }, body: '{"success"}' };
  }
  return jsonReply(200, "success");
}
