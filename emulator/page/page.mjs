/** The emulator's page: asks for its state once a second while the page is visible, and shows the changes. */
import { byId, KeyedList, setText } from "./list.mjs";
import { formatTime, makeExecutionRow, makeRequestRow, makeServiceRow, makeWorkflowRow } from "./rows.mjs";

/**
 * The answer of `GET /_emulator/page/state`.
 * @typedef {object} Board
 * @property {string} version
 * @property {number} now
 * @property {number} rate
 * @property {readonly { name: string, title: string }[]} services
 * @property {{ total: number, newest: readonly import("./rows.mjs").Execution[] }} executions
 * @property {{ total: number, newest: readonly import("./rows.mjs").LoggedRequest[] }} requests
 * @property {{ total: number, first: readonly import("./rows.mjs").Workflow[] }} workflows
 */

const pollMs = 1_000;
/** Long enough for an emulator that is being restarted, short enough to notice that it is back. */
const retryMs = 3_000;

const filter = byId("filter", HTMLInputElement);
const pause = byId("pause", HTMLButtonElement);
const connection = byId("connection", HTMLElement);

/** @type {Board | undefined} */
let board;
let isPaused = false;

const lists = {
  executions: new KeyedList(byId("executions", HTMLElement), () => makeExecutionRow(() => board?.now ?? 0)),
  requests: new KeyedList(byId("requests", HTMLElement), makeRequestRow),
  workflows: new KeyedList(byId("workflows", HTMLElement), makeWorkflowRow),
  services: new KeyedList(byId("services", HTMLElement), makeServiceRow),
};

/**
 * @template {{ readonly key: string }} Item
 * @param {"executions" | "requests" | "workflows"} name
 * @param {KeyedList<Item>} list
 * @param {readonly Item[]} items
 * @param {number} total
 */
function showList(name, list, items, total) {
  const visible = list.show(items, filter.value);
  byId(`${name}-empty`, HTMLElement).hidden = total > 0;
  setText(byId(`${name}-count`, HTMLElement), visible === total ? String(total) : `${visible} of ${total}`);
}

function show() {
  if (!board) return;
  setText(byId("version", HTMLElement), `version ${board.version}`);
  const speed = board.rate === 0 ? ", stopped" : board.rate === 1 ? "" : `, ${board.rate} times as fast`;
  setText(byId("clock", HTMLElement), `Emulated time: ${formatTime(board.now)}${speed}`);
  showList("executions", lists.executions, board.executions.newest, board.executions.total);
  showList("requests", lists.requests, board.requests.newest, board.requests.total);
  showList("workflows", lists.workflows, board.workflows.first, board.workflows.total);
  lists.services.show(board.services.map((service) => ({ ...service, key: service.name })));
}

/** @returns {Promise<Board>} */
async function ask() {
  const response = await fetch("/_emulator/page/state");
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

async function follow() {
  let waitMs = pollMs;
  if (!isPaused && document.visibilityState === "visible") {
    try {
      board = await ask();
      show();
      setText(connection, "");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setText(connection, `The emulator does not answer (${reason}). This page keeps trying.`);
      waitMs = retryMs;
    }
  }
  setTimeout(follow, waitMs);
}

filter.addEventListener("input", show);
pause.addEventListener("click", () => {
  isPaused = !isPaused;
  pause.setAttribute("aria-pressed", String(isPaused));
});

await follow();
