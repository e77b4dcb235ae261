/** Code for both dialects: the callback token as an expression, and the check that every named state exists. */
import type { Expression, Sequence, State } from "../../player/program";
import { ShapeError } from "../../ground/jsonShape";

/** Separates the parts of a task token: the execution's own secret, the step, the attempt. */
export const tokenSeparator = "|";

/** The token that a callback task hands out. The execution's view has its secret under `TaskTokenBase`. */
export const taskTokenExpression: Expression = {
  kind: "text",
  parts: [
    { kind: "path", root: "execution", keys: ["TaskTokenBase"] },
    { kind: "literal", value: tokenSeparator },
    { kind: "path", root: "state", keys: ["key"] },
    { kind: "literal", value: tokenSeparator },
    { kind: "path", root: "state", keys: ["attempt"] },
  ],
};

/**
 * Refuses names that are there twice or that lead nowhere.
 * @throws {ShapeError} when there is one; names it
 */
export function refuseDanglingNames(sequence: Sequence, path: string): void {
  const names = new Set<string>();
  for (const { id } of sequence.states) {
    if (names.has(id)) throw new ShapeError(path, `${id} is defined twice`);
    names.add(id);
  }
  if (names.size === 0) throw new ShapeError(path, "must not be empty");
  for (const name of [sequence.startAt, ...sequence.states.flatMap(namedBy)]) {
    if (!names.has(name)) throw new ShapeError(path, `there is no ${name} to go to on this level`);
  }
}

function namedBy(state: State): string[] {
  const arms = state.kind === "choice" ? state.arms.flatMap(({ next }) => next ?? []) : [];
  const catches = state.catches?.flatMap(({ next }) => next ?? []) ?? [];
  return [...(state.next === undefined ? [] : [state.next]), ...arms, ...catches];
}
