/** COC operations on executions: start, show, list, steps, operate. */
import { isVisible } from "../../cloud/quirks";
import type { Execution } from "../../executions/record";
import { jsonReply } from "../../http/exchange";
import type { Reply } from "../../http/exchange";
import { Fields, readText, ShapeError } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import { documentNotFound, executionNotFound, refuse } from "./errors";
import { executionBody, stepsBody } from "./executionBody";
import { operate, startJob } from "./executions";
import type { JobStart } from "./executions";
import { dataReply, listReply } from "./replies";
import {
  documentTypes,
  executionsOf,
  findDocument,
  findExecution,
  pageOf,
  readBody,
  readCount,
  readInput,
  refuseInput,
  versionLimits,
} from "./operation";
import type { CocOperation, CocRequest } from "./operation";

const executionPath = "/v1/executions/{execution_id}";

/** The operations on executions of jobs. */
export const executionOperations: readonly CocOperation[] = [
  { operation: "ExecuteDocument", method: "POST", path: "/v1/documents/{document_id}", handle: execute },
  { operation: "ListExecutions", method: "GET", path: "/v1/executions", handle: list },
  { operation: "UpdateExecution", method: "POST", path: "/v1/executions", handle: update },
  { operation: "ShowExecution", method: "GET", path: executionPath, handle: show },
  { operation: "ListExecutionSteps", method: "GET", path: `${executionPath}/steps`, handle: listSteps },
];

/** Documented for the content of a job only; a start is not larger. */
const largestBody = 1024 * 1024;
const operations = ["RESUME", "TERMINATE", "RETRY", "SKIP_BATCH"];
const childFlag = "exclude_child_executions";
const targetKeys = ["InstanceValues", "BatchValues"];

function execute(request: CocRequest): Reply {
  const { call, identity, params, quirks, state } = request;
  if (call.body.length > largestBody) refuse(413, { code: "COC.00014002", message: "Too large." });
  const { type, ...start } = call.body.length === 0 ? emptyStart : readBody(request, readStart);
  const job = findDocument(request, params["document_id"] ?? "", { version: start.version, type });
  if (!job) return refuse(quirks["unknownDocumentIs404"] ? 404 : 400, documentNotFound);
  const by = { startedBy: identity.userName, caller: call.caller };
  return dataReply(startJob(state, job, { ...start, ...by }).id, request);
}

type AskedStart = Omit<JobStart, "startedBy"> & { readonly type: string };

const emptyStart: AskedStart = { type: "PRIVATE", parameters: [], description: "" };

function readStart(fields: Fields): AskedStart {
  const targetParameterName = fields.text("target_parameter_name", { min: 1 });
  const targets = fields.list("targets", readTarget);
  if (targets && targetParameterName === undefined) {
    throw new ShapeError("target_parameter_name", "is required with targets");
  }
  fields.list("sys_tags", readKeyValue);
  return {
    type: fields.text("document_type", { oneOf: documentTypes }) ?? "PRIVATE",
    version: fields.text("version", versionLimits),
    parameters: fields.list("parameters", readKeyValue) ?? [],
    targetParameterName,
    targets,
    description: fields.text("description") ?? "",
  };
}

function readKeyValue(json: unknown, path: string): JsonObject {
  const fields = new Fields(json, path);
  return { key: fields.requiredText("key", { min: 1 }), value: fields.requiredText("value") };
}

function readTarget(json: unknown, path: string): { key: string; values: string[] } {
  const fields = new Fields(json, path);
  const key = fields.requiredText("key", { oneOf: targetKeys });
  const values = fields.list("values", (value, at) => readText(value, at, { min: 1 }));
  return { key, values: fields.required("values", values) };
}

function show(request: CocRequest): Reply {
  const execution = findExecution(request, request.params["execution_id"] ?? "");
  if (execution && isVisible(request, execution, "detailDelayMs")) {
    return dataReply(executionBody(request.state, execution, request.quirks), request);
  }
  if (request.quirks["unknownExecutionIs400"]) refuseInput("execution_id");
  if (request.quirks["unknownExecutionIs404"]) refuse(404, executionNotFound);
  return dataReply(undefined, request);
}

function list(request: CocRequest): Reply {
  const { call, quirks, state } = request;
  const contains = (name: string): ((text: unknown) => boolean) => {
    const wanted = call.query.get(name) ?? "";
    return (text) => String(text).includes(wanted);
  };
  const [isCreator, isName] = [contains("creator"), contains("document_name")];
  const isInTime = readInput(() => timeFilter(request));
  // There are no batches, whose executions it would leave out.
  readInput(() => readText(call.query.get(childFlag) ?? "false", childFlag, { oneOf: ["true", "false"] }));
  const found = executionsOf(request, call.query.get("document_id") ?? undefined)
    .filter((execution) => isVisible(request, execution, "listDelayMs"))
    .filter(({ startedBy, attributes }) => isCreator(startedBy) && isName(attributes["document_name"]))
    // No execution here has tags of a user.
    .filter((execution) => isInTime(execution) && (call.query.get("tags") ?? "") === "");
  const inOrder = quirks["oldestFirst"] === true ? found.reverse() : found;
  const rows = readInput(() => pageOf(request, inOrder));
  const bodies = rows.map((execution) => ({ ...executionBody(state, execution, quirks), sys_tags: [] }));
  return listReply(bodies, found.length, request);
}

// Later than one time, and ended before the other.
function timeFilter(request: CocRequest): (execution: Execution) => boolean {
  const [after, before] = [readCount(request, "start_time"), readCount(request, "end_time")];
  if (request.quirks["timeWindowIgnored"]) return () => true;
  return (execution) => {
    const { endedAt } = request.state.executions.play(execution);
    return (
      (after === undefined || execution.startedAt > after) &&
      (before === undefined || (endedAt !== undefined && endedAt < before))
    );
  };
}

function listSteps(request: CocRequest): Reply {
  const { params, call, quirks, state } = request;
  const execution = findExecution(request, params["execution_id"] ?? "");
  const wanted = call.query.getAll("execution_step_id_list");
  const steps = (execution ? stepsBody(state, execution, quirks) : []).filter(
    ({ execution_step_id: id }) => wanted.length === 0 || wanted.includes(String(id)),
  );
  const rows = readInput(() => pageOf(request, steps));
  return listReply(rows, steps.length, request);
}

function update(request: CocRequest): Reply {
  const { executionId, operation } = readBody(request, (fields) => ({
    executionId: fields.requiredText("execution_id", { min: 1 }),
    operation: fields.requiredText("operate_type", { oneOf: operations }),
  }));
  const execution = findExecution(request, executionId) ?? refuse(400, executionNotFound);
  const problem = operate(request.state, execution, operation);
  if (problem !== undefined) refuseInput(problem);
  return jsonReply(200, {});
}
