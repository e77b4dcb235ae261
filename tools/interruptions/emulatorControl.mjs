// What the matrix asks of its emulator: slow workflows, delayed answers, what was started and when.
import { callEmulator } from "../callEmulator.mjs";

/** The workflows: one per service with a key of the stack's own, and one without. */
export const WORKFLOWS = ["aom", "functiongraph", "cloudflow", "stepfunctions"].flatMap((service) =>
  ["keyed", "derived"].map((how) => ({ service, hasKey: how === "keyed", name: `${service}-${how}` })),
);

/**
 * The argument that names a workflow to its service.
 * @param {string} service
 * @param {string} name
 * @returns {Record<string, string>}
 */
export function workflowArgument(service, name) {
  if (service === "cloudflow") return { flowName: name };
  if (service === "stepfunctions") {
    return { stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${name}` };
  }
  return { workflowId: name };
}

const START = ["ExecuteWorkflow", "StartWorkflowExecution", "StartExecution"];
const LIST = ["ListWorkflowExecutions", "ShowWorkflowExecutionForPage"];
const LOOK = ["SearchWorkflowExecutionDetail", "ShowWorkflowExecution", "DescribeExecution"];

/** The operations of all services, by what they are for. */
export const OPERATIONS = { START, LIST, LOOK };

/**
 * @typedef {object} Execution
 * @property {string} executionId
 * @property {string} workflowId
 * @property {string} status
 * @property {number} startedAt milliseconds
 * @property {number | null} [endedAt] milliseconds
 */

/** The control API of one emulator. */
export class EmulatorControl {
  /** @type {string} */
  #url;

  /** @param {string} url */
  constructor(url) {
    this.#url = url;
  }

  /**
   * Scripts the workflows.
   * @param {number} durationMs
   */
  async script(durationMs) {
    for (const { service, name } of WORKFLOWS) {
      await this.#call("PUT", `/workflows/${name}`, { service, nodes: [{ id: "work", durationMs }] });
    }
  }

  /**
   * Holds requests back.
   * @param {readonly string[]} operations
   * @param {object} how a fault without its operation
   */
  async hold(operations, how) {
    for (const operation of operations) await this.#call("POST", "/faults", { operation, ...how });
  }

  /** Ends all faults. */
  async release() {
    await this.#call("DELETE", "/faults");
  }

  /**
   * Moves the emulator's time.
   * @param {number} ms
   */
  async advance(ms) {
    await this.#call("POST", "/clock", { advanceMs: ms });
  }

  /** @returns {Promise<Execution[]>} */
  async executions() {
    const { executions } = await this.#call("GET", "/executions");
    return executions;
  }

  /** Empties the log of requests. */
  async forgetRequests() {
    await this.#call("DELETE", "/requests");
  }

  /**
   * The workflows for which one of the operations was asked since the log was emptied.
   * @param {readonly string[]} operations
   * @returns {Promise<Set<string>>}
   */
  async asked(operations) {
    const { requests } = await this.#call("GET", "/requests");
    const asked = /** @type {{ operation: string, path: string, query?: string }[]} */ (requests)
      .filter(({ operation }) => operations.includes(operation))
      .map((request) => JSON.stringify(request));
    return new Set(
      WORKFLOWS.map(({ name }) => name).filter((name) => asked.some((text) => text.includes(name))),
    );
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #call(method, path, body) {
    return callEmulator(this.#url, method, path, body);
  }
}
