// Reads what a program has written to a terminal, and gives the screen: rows of characters with their colours. Knows the
// control sequences that the Pulumi CLI writes, and refuses others.

/**
 * A piece of a row in one style.
 * @typedef {object} Piece
 * @property {string} text
 * @property {string} style "" or names of `STYLES`, with a space between
 */

/** Codes of Select Graphic Rendition. */
const STYLES = new Map([
  [1, "bold"],
  [4, "underline"],
  ...["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"].flatMap(
    (name, index) =>
      /** @type {[number, string][]} */ ([
        [30 + index, name],
        [90 + index, name],
      ]),
  ),
]);
// xterm's 256 colours: the first 16 are those above.
const EXTENDED = 38;
const FIRST_COLOUR = 30;
const PLAIN = new Set([0, 39, 49]);

const ESCAPE = "\u001b";
const BELL = "\u0007";
const BACKSPACE = "\u0008";
/** A control sequence (CSI), a command of the operating system (OSC), or one character. */
const SEQUENCE = new RegExp(
  [
    `${ESCAPE}\\[([?\\d;]*)([A-Za-z])`,
    `${ESCAPE}\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)`,
    `[^${ESCAPE}]`,
  ].join("|"),
  "gu",
);

/** The beginning of a sequence whose rest comes with the next part of the output. */
const UNFINISHED = new RegExp(`${ESCAPE}(?:\\[[?\\d;]*|\\][^${BELL}${ESCAPE}]*${ESCAPE}?)?$`, "u");

/** A terminal that grows downwards: rows that a real one would have scrolled away are kept. */
export class TerminalScreen {
  /** @type {{ character: string, style: string }[][]} */
  #rows = [[]];
  #row = 0;
  #column = 0;
  #style = "";
  #unfinished = "";
  #columns;

  /** @param {number} columns the width, in characters */
  constructor(columns) {
    this.#columns = columns;
  }

  /**
   * Takes a part of the program's output. Parts may end within a sequence.
   * @param {string} part
   */
  write(part) {
    const text = this.#unfinished + part;
    [this.#unfinished] = UNFINISHED.exec(text) ?? [""];
    const whole = text.slice(0, text.length - this.#unfinished.length);
    for (const [all, parameters = "", command] of whole.matchAll(SEQUENCE)) {
      if (command !== undefined) {
        this.#obey(command, parameters);
      } else if (all === "\r") {
        this.#column = 0;
      } else if (all === "\n") {
        this.#moveTo(this.#row + 1);
      } else if (all === BACKSPACE) {
        this.#column = Math.max(0, this.#column - 1);
      } else if (!all.startsWith(ESCAPE)) {
        this.#put(all);
      }
    }
  }

  /** @returns {Piece[][]} the rows, without blank ones at the end */
  rows() {
    const rows = this.#rows.map((row) => pieces(row));
    while (rows.length > 0 && rows.at(-1)?.length === 0) {
      rows.pop();
    }
    return rows;
  }

  /** @param {string} character */
  #put(character) {
    if (this.#column >= this.#columns) {
      this.#moveTo(this.#row + 1);
      this.#column = 0;
    }
    const row = this.#rows[this.#row] ?? [];
    while (row.length < this.#column) {
      row.push({ character: " ", style: "" });
    }
    row[this.#column] = { character, style: this.#style };
    this.#column += 1;
  }

  /** @param {number} row */
  #moveTo(row) {
    this.#row = Math.max(0, row);
    while (this.#rows.length <= this.#row) {
      this.#rows.push([]);
    }
  }

  /**
   * @param {string} command
   * @param {string} parameters
   */
  #obey(command, parameters) {
    const first = Number.parseInt(parameters, 10) || 0;
    switch (command) {
      case "m":
        this.#style = styleAfter(this.#style, parameters);
        break;
      case "A":
        this.#moveTo(this.#row - Math.max(1, first));
        break;
      case "B":
        this.#moveTo(this.#row + Math.max(1, first));
        break;
      case "G":
        this.#column = Math.max(0, first - 1);
        break;
      case "K":
        this.#rows[this.#row] = first === 2 ? [] : (this.#rows[this.#row] ?? []).slice(0, this.#column);
        break;
      case "J":
        this.#rows.length = this.#row + 1;
        this.#rows[this.#row] = (this.#rows[this.#row] ?? []).slice(0, this.#column);
        break;
      case "n": // A question to the terminal.
      case "h":
      case "l":
        break; // The cursor is shown or hidden.
      default:
        throw new Error(`The control sequence ESC[${parameters}${command} is not known here.`);
    }
  }
}

/**
 * @param {string} style
 * @param {string} parameters
 */
function styleAfter(style, parameters) {
  const codes = parameters === "" ? [0] : parameters.split(";").map(Number);
  if (codes[0] === EXTENDED) {
    return STYLES.get(FIRST_COLOUR + (Number(codes[2]) % 8)) ?? "";
  }
  let names = style === "" ? [] : style.split(" ");
  for (const code of codes) {
    const name = STYLES.get(code);
    if (PLAIN.has(code)) {
      names = [];
    } else if (name !== undefined) {
      names = [...names.filter((other) => other !== name), name];
    }
  }
  return names.join(" ");
}

/**
 * @param {readonly { character: string, style: string }[]} row
 * @returns {Piece[]}
 */
function pieces(row) {
  /** @type {Piece[]} */
  const found = [];
  for (const { character, style } of row) {
    const last = found.at(-1);
    if (last?.style === style) {
      last.text += character;
    } else {
      found.push({ text: character, style });
    }
  }
  const last = found.at(-1);
  if (last !== undefined) {
    last.text = last.text.trimEnd();
  }
  return found.at(-1)?.text === "" ? found.slice(0, -1) : found;
}

/**
 * @param {readonly Piece[]} row
 * @returns {string} its characters
 */
export function textOf(row) {
  return row.map(({ text }) => text).join("");
}
