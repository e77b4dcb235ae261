/**
 * Huawei Cloud AOM workflows as a backend: arguments, and the calls of `api` through the shared Huawei client.
 */
import { NotFoundError, ServiceError, StartUncertainError, messageOf } from "../../errors";
import type { ExecutionSnapshot, ExecutionSummary } from "../../execution/snapshot";
import { summarize } from "../../http/request";
import { mayHaveBeenHandled } from "../../http/retry";
import type { Backend, BackendDefinition } from "../backend";
import { HuaweiClient } from "../huawei/huaweiClient";
import type { HuaweiService } from "../huawei/location";
import { checkLocation } from "../huawei/location";
import { address, text } from "../rules";
import type { AomWorkflow } from "./api";
import {
  buildExecuteWorkflow,
  buildListWorkflowExecutions,
  buildSearchWorkflowExecutionDetail,
  buildStopExecution,
  cannotBeStopped,
  parseExecuteWorkflow,
  parseListWorkflowExecutions,
  parseSearchWorkflowExecutionDetail,
} from "./api";

const aom: HuaweiService = {
  name: "aom",
  title: "Huawei Cloud AOM",
  regions: ["cn-north-4", "cn-east-3", "cn-east-2", "cn-south-1"],
};

/** Huawei Cloud AOM workflows ("tasks" of its automation chapter). */
export const huaweiAom = {
  service: "aom",
  title: aom.title,
  arguments: {
    workflowId: { rule: text({ min: 1, max: 64 }), required: true, replaces: true },
    region: { rule: text({ min: 1, max: 64 }), replaces: true },
    projectId: {
      rule: text({ min: 32, max: 32, pattern: /^[\w-]*$/, patternName: "letters, digits, - and _" }),
      replaces: true,
    },
    endpoint: { rule: address },
    enterpriseProjectId: { rule: text({ min: 1, max: 64 }) },
  },
  check: (args, settings, unknown) => checkLocation(aom, args, settings, unknown),
  connect: async (args, context, signal) => {
    const client = await HuaweiClient.open(aom, args, context, signal);
    return new AomBackend(
      client,
      String(args["workflowId"]),
      args["enterpriseProjectId"] as string | undefined,
    );
  },
} as const satisfies BackendDefinition;

class AomBackend implements Backend {
  readonly #client: HuaweiClient;
  readonly #workflow: AomWorkflow;
  readonly #enterpriseProjectId: string | undefined;

  constructor(client: HuaweiClient, workflowId: string, enterpriseProjectId: string | undefined) {
    this.#client = client;
    this.#workflow = { endpoint: client.endpoint, projectId: client.projectId, workflowId };
    this.#enterpriseProjectId = enterpriseProjectId;
  }

  get subject(): string {
    const where = this.#client.region ?? this.#client.endpoint;
    return `workflow ${this.#workflow.workflowId} of project ${this.#workflow.projectId} (${where})`;
  }

  get location(): Record<string, string> {
    const { region, projectId } = this.#client;
    return { ...(region === undefined ? {} : { region }), projectId };
  }

  // The console has no documented address for one execution; its automation page lists them.
  consoleUrl(): string | undefined {
    const { region } = this.#client;
    return region === undefined ? undefined : `https://console.huaweicloud.com/aom2/?region=${region}`;
  }

  async start(signal: AbortSignal): Promise<string> {
    const request = buildExecuteWorkflow(this.#workflow);
    try {
      const answer = await this.#client.send(request, { signal, remedies: this.#remedies });
      return parseExecuteWorkflow(answer, summarize(request));
    } catch (error) {
      if (!mayHaveBeenHandled(error, request.operation)) throw error;
      throw new StartUncertainError(messageOf(error), { cause: error });
    }
  }

  async describe(executionId: string, signal: AbortSignal, attempts?: number): Promise<ExecutionSnapshot> {
    const request = buildSearchWorkflowExecutionDetail(this.#workflow, executionId);
    const answer = await this.#client.send(request, { signal, attempts });
    return parseSearchWorkflowExecutionDetail(answer, summarize(request), executionId);
  }

  async *list(signal: AbortSignal): AsyncIterable<ExecutionSummary> {
    const request = buildListWorkflowExecutions(this.#workflow, this.#enterpriseProjectId);
    const answer = await this.#client.send(request, { signal, remedies: this.#remedies });
    yield* parseListWorkflowExecutions(answer, summarize(request));
  }

  async stop(executionId: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.send(buildStopExecution(this.#workflow, executionId), { signal });
    } catch (error) {
      if (error instanceof NotFoundError) return;
      if (error instanceof ServiceError && error.serviceCode === cannotBeStopped) return;
      throw error;
    }
  }

  get #remedies(): { notFound: string } {
    return {
      notFound: `There is no ${this.subject}: check workflowId, projectId and region. The console's list of tasks shows the ids.`,
    };
  }
}
