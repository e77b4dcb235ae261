/** The rows of the page's lists: executions with their steps, requests, workflows, services. */
import { KeyedList, make, setText } from "./list.mjs";

/** @typedef {"good" | "bad" | "stopped" | "active" | "waiting"} Tone */

/**
 * @typedef {object} Step
 * @property {string} key
 * @property {string} name
 * @property {string} status
 * @property {Tone} tone
 * @property {number} beganAt
 * @property {number | null} endedAt
 * @property {number} attempts
 * @property {string | null} detail
 */

/**
 * @typedef {object} Execution
 * @property {string} key
 * @property {string} service
 * @property {string} workflow
 * @property {string} id
 * @property {string} status
 * @property {Tone} tone
 * @property {number} startedAt
 * @property {number | null} endedAt
 * @property {string} startedBy
 * @property {string | null} error
 * @property {number} stepCount
 * @property {readonly Step[]} steps
 */

/**
 * @typedef {object} LoggedRequest
 * @property {string} key
 * @property {number} time
 * @property {string} method
 * @property {string} path
 * @property {string | null} operation
 * @property {number | null} status
 * @property {string | null} fault
 * @property {string | null} caller
 */

/** @typedef {{ key: string, service: string, project: string, id: string, name: string, runs: number }} Workflow */

/** @typedef {{ key: string, name: string, title: string }} NamedService */

/**
 * A step, and the time that the bars of its execution cover.
 * @typedef {Step & { readonly from: number, readonly until: number, readonly now: number }} TimedStep
 */

const symbols = { good: "✓", bad: "✕", stopped: "■", active: "▶", waiting: "…" };

/**
 * @param {number} ms
 * @returns {string} such as `300 ms`, `2.4 s`, `1 m 20 s`, `3 h 5 m`
 */
export function formatDuration(ms) {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} m`;
}

/**
 * @param {number} time
 * @returns {string} such as `2030-01-31 12:00:00 UTC`
 */
export function formatTime(time) {
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A badge with a word; the symbol repeats the colour for people who do not see colours. */
function makeBadge() {
  const symbol = make("span", "symbol");
  symbol.setAttribute("aria-hidden", "true");
  const word = make("bdi");
  const element = make("span", "badge", symbol, word);
  return {
    element,
    /** @param {Tone} tone @param {string} text */
    update(tone, text) {
      if (element.dataset["tone"] !== tone) element.dataset["tone"] = tone;
      setText(symbol, symbols[tone]);
      setText(word, text);
    },
  };
}

/** @returns {import("./list.mjs").Row<TimedStep>} */
function makeStepRow() {
  const name = make("bdi", "step-name");
  const badge = makeBadge();
  const bar = make("span", "bar");
  const track = make("span", "track", bar);
  track.setAttribute("aria-hidden", "true");
  const duration = make("span", "duration");
  const detail = make("pre", "detail");
  // A long line scrolls within: reached by the keyboard too.
  detail.tabIndex = 0;
  const element = make("li", "step", name, badge.element, track, duration, detail);
  return {
    element,
    update(step) {
      setText(name, step.name);
      badge.update(step.tone, step.attempts > 1 ? `${step.status}, attempt ${step.attempts}` : step.status);
      const end = step.endedAt ?? step.now;
      const whole = Math.max(1, step.until - step.from);
      bar.dataset["tone"] = step.tone;
      bar.style.left = `${Math.min(99, ((step.beganAt - step.from) / whole) * 100).toFixed(2)}%`;
      bar.style.width = `${Math.max(1, ((end - step.beganAt) / whole) * 100).toFixed(2)}%`;
      setText(duration, formatDuration(end - step.beganAt));
      detail.hidden = step.detail === null;
      detail.setAttribute("aria-label", `Log of ${step.name}`);
      setText(detail, step.detail ?? "");
      return step.name;
    },
  };
}

/**
 * @param {() => number} now emulated time
 * @returns {import("./list.mjs").Row<Execution>}
 */
export function makeExecutionRow(now) {
  const badge = makeBadge();
  const workflow = make("bdi", "name");
  const service = make("span", "tag");
  const started = make("span", "muted time");
  const duration = make("span", "duration");
  const when = make("span", "when", started, duration);
  const summary = make("summary", "", badge.element, workflow, service, when);
  const facts = make("p", "facts muted");
  const id = make("bdi", "mono");
  const starter = make("bdi");
  facts.append("Execution ", id, ", started by ", starter);
  const error = make("pre", "detail");
  error.tabIndex = 0;
  error.setAttribute("aria-label", "Error of the execution");
  const steps = make("ol", "steps");
  const more = make("p", "muted");
  const element = make("li", "execution", make("details", "", summary, facts, error, steps, more));
  const stepList = new KeyedList(steps, makeStepRow);
  return {
    element,
    update(execution) {
      const until = execution.endedAt ?? now();
      badge.update(execution.tone, execution.status);
      setText(workflow, execution.workflow);
      setText(service, execution.service);
      setText(started, formatTime(execution.startedAt));
      setText(duration, formatDuration(until - execution.startedAt));
      setText(id, execution.id);
      setText(starter, execution.startedBy);
      error.hidden = execution.error === null;
      setText(error, execution.error ?? "");
      const last = execution.steps.reduce((end, step) => Math.max(end, step.endedAt ?? until), until);
      stepList.show(
        execution.steps.map((step) => ({ ...step, from: execution.startedAt, until: last, now: until })),
      );
      const hidden = execution.stepCount - execution.steps.length;
      more.hidden = hidden <= 0 && execution.stepCount > 0;
      setText(more, hidden > 0 ? `${hidden} more steps are not shown.` : "No step has begun.");
      return [execution.workflow, execution.service, execution.id, execution.status].join("\n");
    },
  };
}

/** @returns {import("./list.mjs").Row<LoggedRequest>} */
export function makeRequestRow() {
  const badge = makeBadge();
  const operation = make("span", "name");
  const fault = make("span", "tag fault");
  const caller = make("bdi", "muted");
  const time = make("span", "muted time");
  const path = make("bdi", "mono path");
  const element = make("li", "request", badge.element, operation, fault, caller, time, path);
  return {
    element,
    update(request) {
      const { status } = request;
      badge.update(
        status === null ? "waiting" : status < 400 ? "good" : "bad",
        status === null ? "no answer" : String(status),
      );
      setText(operation, request.operation ?? "no such route");
      fault.hidden = request.fault === null;
      setText(fault, request.fault === null ? "" : `fault: ${request.fault}`);
      setText(caller, request.caller ?? "");
      setText(time, formatTime(request.time));
      setText(path, `${request.method} ${request.path}`);
      return [request.operation, request.method, request.path, status, request.fault, request.caller].join(
        "\n",
      );
    },
  };
}

/** @returns {import("./list.mjs").Row<Workflow>} */
export function makeWorkflowRow() {
  const name = make("bdi", "name");
  const service = make("span", "tag");
  const runs = make("span", "muted");
  const facts = make("bdi", "mono muted path");
  const element = make("li", "workflow", name, service, runs, facts);
  return {
    element,
    update(workflow) {
      setText(name, workflow.name);
      setText(service, workflow.service);
      setText(runs, workflow.runs === 1 ? "1 execution" : `${workflow.runs} executions`);
      setText(
        facts,
        workflow.name === workflow.id ? workflow.project : `${workflow.id} in ${workflow.project}`,
      );
      return [workflow.name, workflow.id, workflow.service, workflow.project].join("\n");
    },
  };
}

/** @returns {import("./list.mjs").Row<NamedService>} */
export function makeServiceRow() {
  const title = make("span", "name");
  const name = make("span", "tag");
  return {
    element: make("li", "service", title, name),
    update(service) {
      setText(title, service.title);
      setText(name, service.name);
      return service.title;
    },
  };
}
