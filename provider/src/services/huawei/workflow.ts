/**
 * The common parts of Huawei Cloud's workflows on all services: their names and their places.
 */
import type { HuaweiClient } from "./huaweiClient";

/** A workflow and where it is. */
export interface HuaweiWorkflowAddress {
  readonly endpoint: string;
  readonly projectId: string;
  readonly workflowId: string;
}

/** The service's words for its workflows, in messages. */
export interface WorkflowWords {
  /** One of them: `flow`. */
  readonly one: string;
  /** Those that the console lists: `flows`. */
  readonly listed: string;
}

/** A workflow of one project; a service adds its operations. */
export abstract class HuaweiWorkflow {
  readonly client: HuaweiClient;
  /** The address that requests name. */
  readonly address: HuaweiWorkflowAddress;
  /** The workflow, for messages. */
  readonly subject: string;
  /** The same text for the same workflow, on every machine and with every credential. */
  readonly identity: string;
  /** The remedy for a workflow that the service does not know. */
  readonly remedies: { readonly notFound: string };

  constructor(client: HuaweiClient, workflowId: string, words: WorkflowWords) {
    this.client = client;
    this.address = { endpoint: client.endpoint, projectId: client.projectId, workflowId };
    this.subject = `${words.one} ${workflowId} of ${client.where}`;
    this.identity = client.identityOf(workflowId);
    this.remedies = {
      notFound:
        `There is no ${this.subject}: check workflowId, projectId and region. ` +
        `The console's list of ${words.listed} shows the ids.`,
    };
  }

  /** Region, project and account, as outputs. */
  get location(): Record<string, string> {
    return this.client.location;
  }

  /**
   * None. The console has no documented address for an execution, and its host depends on the account's site, which
   * nothing tells: mainland and international accounts share their regions.
   */
  consoleUrl(): undefined {
    return undefined;
  }
}
