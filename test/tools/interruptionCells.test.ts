/**
 * The cells of `npm run interruptions`: what the plugin's sample leaves out must be nothing that only the plugin can do wrong.
 */
import type * as Cells from "../../tools/interruptions/cells.mjs";

let cells: typeof Cells;
beforeAll(async () => {
  cells = await import("../../tools/interruptions/cells.mjs");
});

test("both fronts have the same cells, each once", () => {
  const namesOf = (front: Cells.Cell["front"]): string[] =>
    cells.allCells(front).map(({ kill, point, resumption }) => `${kill}/${point}/${resumption}`);
  expect(namesOf("plugin")).toEqual(namesOf("dynamic"));
  expect(new Set(namesOf("plugin")).size).toBe(64);
});

test("the plugin's sample has each way to cut short, each moment and each way to go on", () => {
  const sample = cells.pluginCells();
  expect(new Set(sample.map(({ kill }) => kill))).toEqual(new Set(Object.keys(cells.KILLS)));
  expect(new Set(sample.map(({ point }) => point))).toEqual(new Set(Object.keys(cells.POINTS)));
  expect(new Set(sample.map(({ resumption }) => resumption))).toEqual(
    new Set(Object.keys(cells.RESUMPTIONS)),
  );
  for (const cell of [...sample, ...cells.reducedCells("plugin")])
    expect(cells.allCells("plugin")).toContainEqual(cell);
});
