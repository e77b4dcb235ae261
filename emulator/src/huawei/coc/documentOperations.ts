/** COC operations on jobs, which the service calls documents: list and show. Seeds and the control API script them. */
import type { Workflow } from "../../executions/record";
import type { Reply } from "../../http/exchange";
import { derivedUuid } from "../../ground/identifiers";
import { readText } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import { documentNotFound, refuse } from "./errors";
import {
  coc,
  documentTypes,
  findDocument,
  latestVersion,
  pageOf,
  readInput,
  typeOf,
  versionLimits,
} from "./operation";
import type { CocOperation, CocRequest } from "./operation";
import { dataReply, listReply } from "./replies";

/** The operations on jobs. */
export const documentOperations: readonly CocOperation[] = [
  { operation: "ListDocuments", method: "GET", path: "/v1/documents", handle: list },
  { operation: "ShowDocument", method: "GET", path: "/v1/documents/{document_id}", handle: show },
];

function list(request: CocRequest): Reply {
  const { state, identity, call } = request;
  const name = call.query.get("name_like") ?? "";
  // The words of the list: the account's own jobs are normal ones.
  const type = readInput(() =>
    readText(call.query.get("document_type") ?? "NORMAL", "document_type", { oneOf: ["NORMAL", "PUBLIC"] }),
  );
  const found = state.executions
    .workflows()
    .filter(({ service, projectId }) => {
      return service === coc && identity.account.projects.some(({ id }) => id === projectId);
    })
    .filter((job) => job.script.name.includes(name) && (typeOf(job) === "PUBLIC") === (type === "PUBLIC"));
  const rows = readInput(() => pageOf(request, found));
  return listReply(rows.map(documentBody), found.length, request);
}

function show(request: CocRequest): Reply {
  const { query } = request.call;
  const asked = readInput(() => ({
    version: readText(query.get("version") ?? "v1", "version", versionLimits),
    type: readText(query.get("document_type") ?? "PRIVATE", "document_type", { oneOf: documentTypes }),
  }));
  const job = findDocument(request, request.params["document_id"] ?? "", asked);
  if (job) return dataReply(documentBody(job), request);
  if (request.quirks["unknownDocumentIs404"]) refuse(404, documentNotFound);
  return dataReply(undefined, request);
}

function documentBody(job: Workflow): JsonObject {
  const version = latestVersion(job);
  return {
    document_id: job.id,
    name: job.script.name,
    description: job.script.description,
    create_time: job.createdAt,
    update_time: job.editedAt,
    creator: job.createdBy,
    modifier: job.createdBy,
    version,
    versions: [
      { version, version_uuid: derivedUuid("version", job.id, version), create_time: job.createdAt },
    ],
    enterprise_project_id: "0",
    risk_level: "LOW",
    tags: [],
    ...job.script.attributes,
  };
}
