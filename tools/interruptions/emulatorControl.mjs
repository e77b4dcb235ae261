// Requests of the matrix to its emulator: slow workflows, delayed answers, and the list of starts with their times.
import { callEmulator } from "../callEmulator.mjs";

/**
 * The services, and the argument that names a workflow of each.
 * @type {Readonly<Record<string, (name: string) => Readonly<Record<string, string>>>>}
 */
const SERVICES = {
  aom: (workflowId) => ({ workflowId }),
  functiongraph: (workflowId) => ({ workflowId }),
  coc: (documentId) => ({ documentId }),
  cloudflow: (flowName) => ({ flowName }),
  stepfunctions: (name) => ({
    stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
  }),
};

/** The workflows: one per service with a key of the stack's own, and one without; `args` names it to its service. */
export const WORKFLOWS = Object.entries(SERVICES).flatMap(([service, argument]) =>
  ["keyed", "derived"].map((how) => {
    const name = `${service}-${how}`;
    return { service, args: argument(name), hasKey: how === "keyed", name };
  }),
);

const START = ["ExecuteWorkflow", "StartWorkflowExecution", "ExecuteDocument", "StartExecution"];
// CloudFlow and Step Functions have an operation of the same name as COC's, which they need for no start.
const LIST = ["ListWorkflowExecutions", "ShowWorkflowExecutionForPage", "coc:ListExecutions"];
const LOOK = ["SearchWorkflowExecutionDetail", "ShowWorkflowExecution", "ShowExecution", "DescribeExecution"];

/** The operations of all services, by their purpose; `service:operation` where a name is not one service's. */
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
    const asked = /** @type {{ service: string, operation: string }[]} */ (requests)
      .filter(({ service, operation }) =>
        [operation, `${service}:${operation}`].some((name) => operations.includes(name)),
      )
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
