// The cells of the interruption matrix: how a deployment is interrupted, when, and where it goes on.

/** The ways to interrupt the deployment. */
export const KILLS = /** @type {const} */ ({
  "kill -9": "the CLI and the provider's process are killed",
  "kill -9 CLI": "the CLI alone is killed: the provider's process is left behind",
  "Ctrl-C": "one SIGINT: Pulumi waits for what it has begun",
  "Ctrl-C twice": "two SIGINTs: Pulumi ends at once",
});

/** The moments of the interruption. */
export const POINTS = /** @type {const} */ ({
  "before the post": "the start has not reached the service",
  "post handled": "the service has started it, its answer has not come",
  answered: "the answer has come, the state is not saved",
  waiting: "the execution runs and is awaited",
  ended: "the execution has ended, the state is not saved",
});

/** The place of the next deployment, and the state of the execution by then. */
export const RESUMPTIONS = /** @type {const} */ ({
  "at once": { isElsewhere: false, hasEnded: false },
  "after its end": { isElsewhere: false, hasEnded: true },
  "elsewhere, at once": { isElsewhere: true, hasEnded: false },
  "elsewhere, after its end": { isElsewhere: true, hasEnded: true },
});

/** The programs that run the executions. */
export const FRONTS = /** @type {const} */ ({
  dynamic: "the dynamic provider, under a program in JavaScript",
  plugin: "the plugin, under a program in YAML",
});

/**
 * One deployment that is interrupted, and the ones after it.
 * @typedef {object} Cell
 * @property {keyof typeof FRONTS} front
 * @property {keyof typeof KILLS} kill
 * @property {keyof typeof POINTS} point
 * @property {keyof typeof RESUMPTIONS} resumption
 */

/**
 * All cells of a front. "After its end" is left out where it adds nothing: where an execution has ended already, or has
 * not begun.
 * @param {keyof typeof FRONTS} front
 * @returns {Cell[]}
 */
export function allCells(front) {
  return keysOf(KILLS).flatMap((kill) =>
    keysOf(POINTS).flatMap((point) =>
      keysOf(RESUMPTIONS).flatMap((resumption) => {
        const { hasEnded } = RESUMPTIONS[resumption];
        const isSame = point === "before the post" ? hasEnded : point === "ended" ? !hasEnded : false;
        return isSame ? [] : [{ front, kill, point, resumption }];
      }),
    ),
  );
}

/**
 * The plugin's part of a whole run. Both fronts have one lifecycle, so that only the plugin's own work can differ: its
 * cancellation and its end, and its answers to the engine. Each way to interrupt and each way to resume, at moments in
 * turn.
 * @returns {Cell[]}
 */
export function pluginCells() {
  return ofFront("plugin", [
    { kill: "kill -9", point: "before the post", resumption: "at once" },
    { kill: "kill -9", point: "post handled", resumption: "elsewhere, at once" },
    { kill: "kill -9", point: "answered", resumption: "at once" },
    { kill: "kill -9", point: "ended", resumption: "after its end" },
    { kill: "kill -9 CLI", point: "post handled", resumption: "after its end" },
    { kill: "kill -9 CLI", point: "waiting", resumption: "at once" },
    { kill: "Ctrl-C", point: "before the post", resumption: "elsewhere, at once" },
    { kill: "Ctrl-C", point: "post handled", resumption: "at once" },
    { kill: "Ctrl-C", point: "waiting", resumption: "elsewhere, after its end" },
    { kill: "Ctrl-C twice", point: "post handled", resumption: "at once" },
    { kill: "Ctrl-C twice", point: "waiting", resumption: "after its end" },
    { kill: "Ctrl-C twice", point: "answered", resumption: "elsewhere, after its end" },
  ]);
}

/**
 * The cells in which most can go wrong, few enough for every run of the tests.
 * @param {keyof typeof FRONTS} front
 * @returns {Cell[]}
 */
export function reducedCells(front) {
  if (front === "plugin") {
    return ofFront(front, [
      { kill: "kill -9", point: "post handled", resumption: "at once" },
      { kill: "Ctrl-C twice", point: "waiting", resumption: "elsewhere, at once" },
    ]);
  }
  return ofFront(front, [
    { kill: "kill -9", point: "post handled", resumption: "at once" },
    { kill: "kill -9 CLI", point: "before the post", resumption: "at once" },
    { kill: "Ctrl-C twice", point: "waiting", resumption: "elsewhere, at once" },
    { kill: "kill -9", point: "ended", resumption: "elsewhere, after its end" },
  ]);
}

/**
 * @param {keyof typeof FRONTS} front
 * @param {readonly Omit<Cell, "front">[]} cells
 * @returns {Cell[]}
 */
function ofFront(front, cells) {
  return cells.map((cell) => ({ front, ...cell }));
}

/**
 * @template {object} T
 * @param {T} map
 * @returns {(keyof T)[]}
 */
function keysOf(map) {
  return /** @type {(keyof T)[]} */ (Object.keys(map));
}
