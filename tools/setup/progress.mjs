// The output of set-up while it works: one line per step, and a sign of life during the long ones.

/** Seconds between two signs of life of a step that takes long. */
const SIGN_OF_LIFE_SECONDS = 8;

/**
 * Describes the present work of a step; the text is shown with the next sign of life.
 * @callback Say
 * @param {string} text
 * @returns {void}
 */

/**
 * Runs one step: prints one line with the text that `work` resolves with and the time it took.
 * @callback Step
 * @param {string} name
 * @param {(say: Say) => Promise<string> | string} work
 * @returns {Promise<void>}
 */

/**
 * The receiver of set-up's reports.
 * @typedef {object} Progress
 * @property {Step} step
 */

/**
 * A failure whose message is meant for the person at the terminal: printed without a stack trace.
 */
export class SetupError extends Error {
  /**
   * @param {string} problem the problem
   * @param {string} [remedy] the remedy
   */
  constructor(problem, remedy) {
    super(remedy === undefined ? problem : `${problem}\n  ${remedy}`);
    this.name = "SetupError";
  }
}

/**
 * Writes a duration as people say it: `0.4 s`, `48 s`, `3 min 9 s`.
 * @param {number} milliseconds
 * @returns {string}
 */
export function describeDuration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Reports progress as plain lines, the same on a terminal and in a log.
 * @param {NodeJS.WritableStream} stream
 * @returns {Progress}
 */
export function reportTo(stream) {
  /** @type {(name: string, text: string) => void} */
  const line = (name, text) => void stream.write(`${`setup: ${name}`.padEnd(17)} ${text}\n`);

  return {
    async step(name, work) {
      const start = Date.now();
      let doing = "";
      let lastLine = start;
      const signOfLife = setInterval(() => {
        if (doing !== "" && Date.now() - lastLine >= (SIGN_OF_LIFE_SECONDS - 0.5) * 1000) {
          line(name, `${doing} (${describeDuration(Date.now() - start)} so far)`);
          lastLine = Date.now();
        }
      }, 1000);
      try {
        const result = await work((text) => {
          // The first word of a long step comes at once, so that nobody sees an empty screen.
          if (doing === "") {
            line(name, text);
            lastLine = Date.now();
          }
          doing = text;
        });
        line(name, `${result} (${describeDuration(Date.now() - start)})`);
      } finally {
        clearInterval(signOfLife);
      }
    },
  };
}
