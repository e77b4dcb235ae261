// Draws screens of a terminal as one SVG: the screens play once, the last one stays. Has no script and refers to nothing; the
// background is its own, so that the colours are legible on light and dark pages. Pure.
import { textOf } from "./terminalScreen.mjs";

/** @typedef {import("./terminalScreen.mjs").Piece} Piece */
/** @typedef {readonly (readonly Piece[])[]} Screen */

/** Pixels. The width of a character is that of the usual monospace fonts at this size; `textLength` holds it in all others. */
const FONT_SIZE = 14;
const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 20;
const PADDING = 16;

/** GitHub's dark theme: at least 4.5 to 1 against the background. */
const BACKGROUND = "#0d1117";
const COLOURS = {
  plain: "#e6edf3",
  black: "#8b949e",
  red: "#ff7b72",
  green: "#3fb950",
  yellow: "#d29922",
  blue: "#58a6ff",
  magenta: "#bc8cff",
  cyan: "#39c5cf",
  white: "#e6edf3",
};

/**
 * Draws screens.
 * @param {readonly Screen[]} screens at least one
 * @param {{ columns: number, secondsEach: number, title: string, description: string }} options `secondsEach`: how long each
 *   screen but the last is shown
 * @returns {string} the SVG
 */
export function drawTerminal(screens, { columns, secondsEach, title, description }) {
  const height = Math.max(...screens.map((rows) => rows.length)) * LINE_HEIGHT + 2 * PADDING;
  const width = Math.round(columns * CHARACTER_WIDTH + 2 * PADDING);
  const seconds = (screens.length - 1) * secondsEach;
  const groups = screens.map((rows, index) => {
    const isLast = index === screens.length - 1;
    const begin = index * secondsEach;
    const shown = isLast
      ? `class="last" style="animation-duration:${seconds}s"`
      : `class="screen" style="animation-duration:${secondsEach}s;animation-delay:${begin}s"`;
    return `<g ${shown}>\n${rows.map(drawRow).filter(Boolean).join("\n")}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="desc">${escape(description)}</desc>`,
    `<style>\n${styles()}\n</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    ...groups,
    "</svg>\n",
  ].join("\n");
}

/** @returns {string} */
function styles() {
  const names = Object.entries(COLOURS).map(([name, colour]) => `.${name}{fill:${colour}}`);
  return [
    `text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${COLOURS.plain};white-space:pre}`,
    ...names,
    ".bold{font-weight:600}",
    ".underline{text-decoration:underline}",
    // A reader who asks for less motion sees the last screen.
    ".screen{visibility:hidden}",
    "@media (prefers-reduced-motion:no-preference){",
    ".screen{animation:shown 1s step-end}",
    ".last{animation:awaited 1s step-end}",
    "}",
    "@keyframes shown{from,to{visibility:visible}}",
    "@keyframes awaited{from,to{visibility:hidden}}",
  ].join("\n");
}

/**
 * @param {readonly Piece[]} row
 * @param {number} index
 * @returns {string} "" for a blank row
 */
function drawRow(row, index) {
  const y = PADDING + (index + 1) * LINE_HEIGHT - (LINE_HEIGHT - FONT_SIZE);
  let column = 0;
  const spans = row.map(({ text, style }) => {
    const start = column;
    column += [...text].length;
    const bare = text.trim();
    if (bare === "") return "";
    const x = PADDING + (start + text.length - text.trimStart().length) * CHARACTER_WIDTH;
    const length = [...bare].length * CHARACTER_WIDTH;
    const styled = style === "" ? "" : ` class="${style}"`;
    return `<tspan x="${round(x)}" textLength="${round(length)}"${styled}>${escape(bare)}</tspan>`;
  });
  return textOf(row).trim() === "" ? "" : `<text y="${y}">${spans.join("")}</text>`;
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;

/** @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
