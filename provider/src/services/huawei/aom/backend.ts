/**
 * Huawei Cloud AOM workflows as a backend: arguments, and the calls of `api` through the shared Huawei client.
 */
import { AnswerTooLargeError, NotFoundError, ServiceError } from "../../../ground/errors";
import type { ExecutionSnapshot, ExecutionSummary } from "../../../execution/snapshot";
import { isSettled } from "../../../execution/snapshot";
import { refuseWebPage } from "../../../http/answer";
import { summarize } from "../../../http/request";
import type {
  Backend,
  BackendContext,
  BackendDefinition,
  DescribeOptions,
  ExecutionFilter,
  ExecutionPage,
  PageOptions,
  StartRequest,
  StartedExecution,
} from "../../../execution/service";
import { matches } from "../../executionFilter";
import { demandReadable } from "../../../execution/executionIds";
import { HuaweiClient, huaweiLocationKeys, locatePlace } from "../huaweiClient";
import type { HuaweiService } from "../location";
import { checkLocation, placeOf } from "../location";
import { huaweiTransport } from "../transport";
import { HuaweiWorkflow } from "../workflow";
import { address, identifier, text } from "../../../execution/rules";
import { startOnce } from "../../startOnce";
import type { Found } from "../../../execution/settings";
import type { AomList, NodeNames } from "./answers";
import {
  buildExecuteWorkflow,
  buildListWorkflow,
  buildListWorkflowExecutions,
  buildSearchWorkflowExecutionDetail,
  buildStopExecution,
} from "./api";
import {
  cannotBeStopped,
  parameterError,
  parseExecuteWorkflow,
  parseListWorkflow,
  parseListWorkflowExecutions,
  parseNodes,
  parseSearchWorkflowExecutionDetail,
} from "./answers";
import type { ReadPage } from "./enterpriseProject";
import { EnterpriseProject, findEnterpriseProject } from "./enterpriseProject";

const aom: HuaweiService = {
  name: "aom",
  title: "Huawei Cloud AOM",
};

// The operation has neither pages nor filters, so nothing makes its answer smaller.
const tooManyExecutions =
  "The service returns all executions of a workflow at once. Create a workflow with the same content and set workflowId to its id.";

/** Huawei Cloud AOM workflows ("tasks" of its automation chapter). */
export const huaweiAom = {
  service: "aom",
  title: aom.title,
  locationKeys: huaweiLocationKeys,
  capabilities: {
    runMark: "none",
    longPollSeconds: 0,
    pageSize: undefined,
    listTells: "everything",
  },
  arguments: {
    workflowId: { rule: identifier({ min: 1, max: 64 }), required: true, replaces: true },
    region: { rule: text({ min: 1, max: 64 }), replaces: true, located: true },
    projectId: {
      rule: text({ min: 32, max: 32, pattern: /^[\w-]*$/, patternName: "letters, digits, - and _" }),
      replaces: true,
      located: true,
    },
    endpoint: { rule: address },
    enterpriseProjectId: { rule: text({ min: 1, max: 64 }) },
  },
  transport: huaweiTransport,
  place: placeOf,
  askPlace: (stored, args, context, signal) => locatePlace(aom, { stored, args }, context, signal),
  check: (args, settings, unknown) => checkLocation(aom, args, settings, unknown),
  connect: async (args, context, signal) => {
    const client = await HuaweiClient.open(aom, args, context, signal);
    const enterpriseProject = findEnterpriseProject(args, context.settings);
    return new AomBackend(client, String(args["workflowId"]), enterpriseProject, context);
  },
} as const satisfies BackendDefinition;

class AomBackend extends HuaweiWorkflow implements Backend {
  readonly #given: Found | undefined;
  readonly #enterpriseProject: EnterpriseProject;
  // A list has no names of nodes: those of the last detail are used, and asked for where there was none.
  readonly #known: { nodes: NodeNames | undefined };

  constructor(
    client: HuaweiClient,
    workflowId: string,
    enterpriseProject: Found | undefined,
    context: BackendContext,
  ) {
    super(client, workflowId, { one: "workflow", listed: "tasks" });
    this.#given = enterpriseProject;
    this.#known = context.shared(`nodes:${this.key}`, () => ({ nodes: undefined }));
    this.#enterpriseProject = context.shared(
      `enterpriseProject:${this.key}`,
      () => new EnterpriseProject(enterpriseProject, this.subject, context.settings.words),
    );
  }

  readonly keepsHistory = true;

  get key(): string {
    const { endpoint, projectId, workflowId } = this.address;
    return JSON.stringify(["aom", endpoint, projectId, workflowId, this.#given?.value ?? ""]);
  }

  get budgets(): Backend["budgets"] {
    return {
      describe: this.client.budget("SearchWorkflowExecutionDetail"),
      list: this.client.budget("ListWorkflowExecutions"),
    };
  }

  async start({ signal, patience, onSent }: StartRequest): Promise<StartedExecution> {
    this.#enterpriseProject.demandCovered();
    const request = buildExecuteWorkflow(this.address);
    const executionId = await startOnce(request, async () => {
      const options = { signal, patience, onSent, remedies: this.remedies };
      const answer = await this.client.send(request, options);
      return parseExecuteWorkflow(answer, summarize(request));
    });
    return { executionId };
  }

  async describe(executionId: string, options: DescribeOptions): Promise<ExecutionSnapshot> {
    if (options.listed && this.#known.nodes) return options.listed;
    const request = buildSearchWorkflowExecutionDetail(this.address, executionId);
    try {
      const { signal, attempts } = options;
      const answer = await this.client.send(request, { signal, attempts });
      const snapshot = parseSearchWorkflowExecutionDetail(answer, summarize(request), executionId);
      this.#known.nodes = parseNodes(answer, summarize(request));
      return snapshot;
    } catch (error) {
      // The list has told everything but the names of the steps: without them it is still worth more than an error.
      if (options.listed && isSettled(options.listed.status)) return options.listed;
      // The page documents no 404. All parameters but the id have been accepted before, so it is the id that is wrong.
      if (error instanceof ServiceError && error.serviceCode === parameterError)
        throw new NotFoundError(error);
      throw error;
    }
  }

  // The service lists everything at once and filters nothing.
  async listPage(
    filter: ExecutionFilter,
    { attempts }: Partial<PageOptions>,
    signal: AbortSignal,
  ): Promise<ExecutionPage> {
    const read = async (): Promise<AomList> => {
      const request = buildListWorkflowExecutions(this.address, this.#enterpriseProject.id);
      try {
        const answer = await this.client.send(request, { signal, attempts, remedies: this.remedies });
        return parseListWorkflowExecutions(answer, summarize(request));
      } catch (error) {
        if (!(error instanceof AnswerTooLargeError)) throw error;
        throw new AnswerTooLargeError(summarize(request), error.size, tooManyExecutions);
      }
    };
    let list = await read();
    if (!list.isEmpty) this.#enterpriseProject.confirm();
    else if (await this.#enterpriseProject.settleEmptyList(this.#readWorkflows(attempts, signal), signal))
      list = await read();
    return {
      executions: list.executions.filter(matches(filter)),
      servedAtMs: list.servedAtMs,
      unreadable: list.unreadable,
      snapshotOf: (executionId) => list.snapshotOf(executionId, this.#known.nodes ?? new Map()),
    };
  }

  #readWorkflows(attempts: number | undefined, signal: AbortSignal): ReadPage {
    return async (page, enterpriseProjectId) => {
      const request = buildListWorkflow(this.address, page, enterpriseProjectId);
      const answer = await this.client.send(request, { signal, attempts });
      return parseListWorkflow(answer, summarize(request), this.address.workflowId);
    };
  }

  async listUnsettled(signal: AbortSignal): Promise<readonly ExecutionSummary[]> {
    const { executions, unreadable } = await this.listPage({}, {}, signal);
    demandReadable(unreadable, this.subject);
    return executions.filter(({ status }) => !isSettled(status));
  }

  startDoubt(): string | undefined {
    return this.#enterpriseProject.doubt;
  }

  // A start carries nothing.
  readRunName(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async stop(executionId: string, signal: AbortSignal): Promise<void> {
    try {
      const request = buildStopExecution(this.address, executionId);
      refuseWebPage(await this.client.send(request, { signal }), summarize(request));
    } catch (error) {
      if (error instanceof NotFoundError) return;
      if (error instanceof ServiceError && error.serviceCode === cannotBeStopped) return;
      throw error;
    }
  }
}
