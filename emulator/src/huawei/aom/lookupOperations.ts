/** AOM's look-ups of jobs, templates and scripts, and the one-step "create and run a script". */
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import { newExecutionId } from "../../ground/identifiers";
import { readText } from "../../ground/jsonShape";
import type { Fields, JsonObject } from "../../ground/jsonShape";
import { startExecution } from "./executionOperations";
import { fastScriptErrors, jobErrors, scriptErrors, templateErrors } from "./errors";
import { jobs, scripts, scriptVersions, templates } from "./library";
import { parameter, readBody, readInput, refuseInput } from "./operation";
import type { AomOperation, AomRequest } from "./operation";
import { defaultRun } from "./workflowOperations";

const rootPath = "/v1/{project_id}/cms";

/** The operations on jobs, templates and scripts. */
export const lookupOperations: readonly AomOperation[] = [
  {
    operation: "ListAllJobByName",
    method: "POST",
    path: `${rootPath}/job/list`,
    errors: jobErrors,
    handle: listJobs,
  },
  {
    operation: "ListTemplateByJobId",
    method: "POST",
    path: `${rootPath}/template-list/{job_id}`,
    errors: templateErrors,
    handle: listTemplates,
  },
  {
    operation: "SearchTemplateById",
    method: "GET",
    path: `${rootPath}/template/{template_id}`,
    errors: templateErrors,
    handle: showTemplate,
  },
  {
    operation: "ListAllScriptByName",
    method: "POST",
    path: `${rootPath}/script/list`,
    errors: scriptErrors,
    handle: listScripts,
  },
  {
    operation: "ListAllVersionByVersionId",
    method: "POST",
    path: `${rootPath}/script-version-list`,
    errors: scriptErrors,
    handle: listScriptVersions,
  },
  {
    operation: "CreateFastExecuteScript",
    method: "POST",
    path: `${rootPath}/fast-execute-script`,
    errors: fastScriptErrors,
    handle: fastExecuteScript,
  },
];

function listJobs(request: AomRequest): Reply {
  return answerPage(request, jobs(request.projectId), (fields, job) => {
    return contains(job["name"], fields.text("name", { max: 64 }));
  });
}

function listTemplates(request: AomRequest): Reply {
  const jobId = parameter(request, "job_id");
  return answerPage(request, templates(request.projectId), (fields, template) => {
    return template["job_id"] === jobId && contains(template["name"], fields.text("name", { max: 64 }));
  });
}

function showTemplate(request: AomRequest): Reply {
  const shareType = request.call.query.get("share_type");
  readInput(request, () => readText(shareType ?? "private", "share_type", { oneOf: ["private", "public"] }));
  const wanted = parameter(request, "template_id");
  const template = templates(request.projectId).find(({ id }) => id === wanted);
  return template ? jsonReply(200, template) : refuseInput(request, `template_id: no template ${wanted}`);
}

function listScripts(request: AomRequest): Reply {
  return answerPage(request, scripts(request.projectId), (fields, script) =>
    matchesScript(fields, script, "id"),
  );
}

function listScriptVersions(request: AomRequest): Reply {
  return answerPage(request, scriptVersions(request.projectId), (fields, version) =>
    matchesScript(fields, version, "script_id"),
  );
}

function matchesScript(fields: Fields, item: JsonObject, idField: string): boolean {
  const scriptId = fields.text("script_id", { max: 64 });
  const createdBy = fields.text("create_by", { max: 64 });
  return (
    contains(item["name"], fields.text("name", { max: 128 })) &&
    (scriptId === undefined || item[idField] === scriptId) &&
    (createdBy === undefined || item["create_by"] === createdBy)
  );
}

const contains = (text: unknown, part: string | undefined): boolean =>
  part === undefined || part === "" || String(text).includes(part);

// The vendor corrects page numbers that are out of range instead of refusing them.
function answerPage(
  request: AomRequest,
  all: readonly JsonObject[],
  matches: (fields: Fields, item: JsonObject) => boolean,
): Reply {
  return readBody(request, (fields) => {
    const page = inRange(fields.number("page_num"), 1, 1000, 1);
    const size = inRange(fields.number("page_size"), 1, 1000, 10);
    const column =
      fields.text("order_by_column", { oneOf: ["name", "create_time", "update_time"] }) ?? "update_time";
    const ascending = fields.text("sort_order", { oneOf: ["ASC", "DESC"] }) === "ASC";
    const found = all.filter((item) => matches(fields, item)).sort((a, b) => compareBy(column, a, b));
    if (!ascending) found.reverse();
    return jsonReply(200, {
      total_elements: found.length,
      elements: found.slice((page - 1) * size, page * size),
    });
  });
}

const inRange = (value: number | undefined, min: number, max: number, fallback: number): number =>
  value === undefined || value < min || value > max ? fallback : Math.floor(value);

function compareBy(column: string, a: JsonObject, b: JsonObject): number {
  const [left, right] = [a[column], b[column]];
  return typeof left === "number" && typeof right === "number"
    ? left - right
    : String(left).localeCompare(String(right));
}

// The answer names the execution only; its workflow turns up in the list of workflows under the given name.
function fastExecuteScript(request: AomRequest): Reply {
  const { state, projectId, identity, call } = request;
  const name = readBody(request, (fields) => {
    fields.requiredText("script_type", { oneOf: ["SHELL", "BAT", "PYTHON", "POWER_SHELL"] });
    fields.requiredText("cmd_user", { min: 1, max: 1024 });
    fields.requiredText("script_content", { min: 1, max: 10_000 });
    fields.requiredText("ecs_id_list", { min: 1, max: 10_000 });
    fields.requiredText("project_id", { oneOf: [projectId] });
    fields.text("script_args", { min: 1, max: 10_000 });
    return fields.requiredText("name", { min: 1, max: 1024 });
  });
  const workflow = state.executions.createWorkflow({
    service: "aom",
    projectId,
    id: newExecutionId(),
    script: { name, description: "", base: defaultRun, runs: [], attributes: { task_type: "script" } },
    createdBy: identity.userName,
  });
  const execution = startExecution(state, workflow, identity.userName, { caller: call.caller });
  return jsonReply(200, { execution_id: execution.id });
}
