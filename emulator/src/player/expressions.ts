/** Evaluates the expressions and conditions of a program over JSON. */
import { isJsonObject } from "../ground/jsonShape";
import type { Comparison, Condition, Expression, Json, Root } from "./program";

/** The values that expressions read, by root; an absent root has no value. */
export type Scope = Readonly<Partial<Record<Root, Json>>>;

/** The value of an expression; `undefined` when its path leads nowhere. */
export function evaluate(expression: Expression, scope: Scope): Json {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "path":
      return follow(scope[expression.root], expression.keys);
    case "object": {
      const made: Record<string, Json> = {};
      for (const [name, part] of Object.entries(expression.fields)) {
        const value = evaluate(part, scope);
        if (value !== undefined) define(made, name, value);
      }
      return made;
    }
    case "list":
      return expression.items.map((item) => evaluate(item, scope) ?? null);
    case "merge":
      return layOver(...expression.parts.map((part) => evaluate(part, scope)));
    case "text":
      return expression.parts.map((part) => textOf(evaluate(part, scope))).join("");
  }
}

/** True if a condition holds. */
export function holds(condition: Condition, scope: Scope): boolean {
  switch (condition.kind) {
    case "compare":
      return compare(evaluate(condition.left, scope), condition.by, evaluate(condition.right, scope));
    case "present":
      return evaluate(condition.value, scope) !== undefined;
    case "true":
      return evaluate(condition.value, scope) === true;
    case "all":
      return condition.of.every((part) => holds(part, scope));
    case "any":
      return condition.of.some((part) => holds(part, scope));
    case "not":
      return !holds(condition.of, scope);
  }
}

/** Objects laid over each other; later ones win, and values that are no objects are left out. */
export function layOver(...values: readonly Json[]): Json {
  const made: Record<string, Json> = {};
  for (const value of values) {
    if (!isJsonObject(value)) continue;
    for (const [name, field] of Object.entries(value)) define(made, name, field);
  }
  return made;
}

function follow(value: Json, keys: readonly (string | number)[]): Json {
  let current = value;
  for (const [index, key] of keys.entries()) {
    if (Array.isArray(current) && key === "*") {
      return current.map((item: Json) => follow(item, keys.slice(index + 1)) ?? null);
    }
    if (Array.isArray(current) && typeof key === "number") current = current.at(key) as Json;
    else if (isJsonObject(current) && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return current;
}

// A plain assignment of `__proto__` would change the object's kind instead of its content.
function define(target: Record<string, Json>, name: string, value: Json): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

function compare(left: Json, by: Comparison, right: Json): boolean {
  if (by === "==") return same(left, right);
  if (by === "!=") return !same(left, right);
  if (typeof left === "number" && typeof right === "number") return ordered(left - right, by);
  if (typeof left === "string" && typeof right === "string") {
    return ordered(left < right ? -1 : left > right ? 1 : 0, by);
  }
  return false;
}

function ordered(difference: number, by: Comparison): boolean {
  switch (by) {
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
    default:
      return false;
  }
}

function same(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]))
  );
}

function textOf(value: Json): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
