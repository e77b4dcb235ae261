/**
 * Reads the body of CreateWorkflow and UpdateWorkFlow: checks every documented limit and pattern, and that every name
 * in the body leads to a target. A definition that passes can be played by program.ts.
 */
import { Fields, readText, ShapeError } from "../../ground/jsonShape";
import type { JsonObject } from "../../ground/jsonShape";
import { readPath } from "./paths";

const nameCharacters = "[_a-zA-Z0-9().-]|[\\u4e00-\\u9fa5]";
const patternText = "may have letters, digits, Chinese characters and _ ( ) . -";
const nameLimits = { min: 1, max: 64, pattern: new RegExp(`^(${nameCharacters})*$`), patternText };
const descriptionLimits = { ...nameLimits, max: 512 };
const triggerTypes = ["FLOWTIMER", "SMN", "APIG", "APIG_DE", "OBS"];

/** The parts of a definition that the emulator works with; `source` is all of it, as it came. */
export interface FlowDefinition {
  readonly name: string;
  readonly description: string;
  readonly mode: "NORMAL" | "EXPRESS";
  readonly source: JsonObject;
}

/**
 * Reads a WorkflowCreateBody. Unknown fields pass, as with the service.
 * @throws {ShapeError} when a field is wrong
 */
export function readDefinition(fields: Fields): FlowDefinition {
  const name = fields.requiredText("name", nameLimits);
  const description = fields.text("description", descriptionLimits) ?? "";
  const start = fields.requiredText("start", { min: 1, max: 256 });
  const functions = names(fields, "functions", 100, readFunction);
  fields.required("constants", fields.object("constants"));
  const retries = names(fields, "retries", 200, readRetry);
  const states = bounded(fields, "states", 1, 100, (value, at) => readState(value, at, functions, retries));
  const triggers = fields.list("triggers", readTrigger) ?? [];
  if (triggers.length > 200) throw new ShapeError(fields.at("triggers"), "must have 0 to 200 entries");
  const mode = fields.text("mode", { oneOf: ["NORMAL", "EXPRESS"] }) === "EXPRESS" ? "EXPRESS" : "NORMAL";
  const express = fields.object("express_config");
  if (express) new Fields(express, "express_config").text("log_level", { oneOf: ["ALL", "ERROR", "NONE"] });
  fields.text("enterprise_project_id", { max: 64 });
  fields.flag("enable_stream_response");
  checkTransitions(start, states);
  return { name, description, mode, source: fields.source };
}

interface StateNames {
  readonly id: string;
  readonly at: string;
  readonly leadsTo: readonly { readonly id: string; readonly at: string }[];
}

function readState(value: unknown, at: string, functions: Set<string>, retries: Set<string>): StateNames {
  const fields = new Fields(value, at);
  const id = fields.requiredText("id", { min: 1, max: 64 });
  fields.requiredText("name", { min: 1, max: 256 });
  const type = fields.requiredText("type", { oneOf: ["Operation", "Sleep", "End"] });
  fields.required("end", fields.flag("end"));
  const leadsTo = [{ id: fields.requiredText("transition", { max: 256 }), at: fields.at("transition") }];
  fields.text("action_mode", { oneOf: ["sequential", "parallel", ""] });
  bounded(fields, "actions", type === "Operation" ? 1 : 0, 10, (action, path) => {
    readAction(action, path, functions);
  });
  for (const [index, rule] of (fields.list("on_errors", (item) => item) ?? []).entries()) {
    const onError = new Fields(rule, `${fields.at("on_errors")}[${String(index)}]`);
    onError.text("error", { max: 256 });
    leadsTo.push({ id: onError.text("transition", { max: 256 }) ?? "", at: onError.at("transition") });
    const retry = onError.text("retry_ref", { max: 256 }) ?? "";
    if (retry !== "" && !retries.has(retry))
      throw new ShapeError(onError.at("retry_ref"), `no retry ${retry}`);
  }
  const filter = fields.object("state_data_filter");
  for (const name of filter ? ["input", "output"] : []) {
    const filters = new Fields(filter, fields.at("state_data_filter"));
    const path = filters.text(name);
    if (path !== undefined && path !== "") readPath(path, filters.at(name));
  }
  const duration = fields.number("duration", { min: 0.001, max: 86_400 });
  if (type === "Sleep") fields.required("duration", duration);
  return { id, at, leadsTo: leadsTo.filter((next) => next.id !== "") };
}

function readAction(value: unknown, at: string, functions: Set<string>): void {
  const action = new Fields(value, at);
  const reference = new Fields(
    action.required("function_ref", action.raw("function_ref")),
    action.at("function_ref"),
  );
  const name = reference.requiredText("ref_name", { max: 256 });
  if (!functions.has(name))
    throw new ShapeError(reference.at("ref_name"), `no function ${name} in functions`);
  reference.text("invoke_mode", { oneOf: ["synchronize", ""] });
  checkArguments(reference.required("arguments", reference.object("arguments")), reference.at("arguments"));
}

function checkArguments(value: unknown, at: string): void {
  if (typeof value === "string" && value.startsWith("$")) readPath(value, at);
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) checkArguments(part, `${at}.${name}`);
}

function readFunction(value: unknown, at: string): string {
  const fields = new Fields(value, at);
  fields.requiredText("operation", { max: 256 });
  fields.object("metadata");
  return fields.requiredText("name", { max: 256 });
}

function readRetry(value: unknown, at: string): string {
  const fields = new Fields(value, at);
  fields.number("delay", { min: 1, max: 30, integer: true });
  fields.number("max_attempts", { min: 1, max: 8, integer: true });
  return fields.requiredText("name", { min: 1, max: 256 });
}

function readTrigger(value: unknown, at: string): void {
  const fields = new Fields(value, at);
  fields.requiredText("trigger_name", { min: 1, max: 256 });
  fields.requiredText("trigger_type", { oneOf: triggerTypes });
  fields.flag("enabled");
  fields.object("trigger_config");
}

function names(
  fields: Fields,
  name: string,
  max: number,
  read: (value: unknown, at: string) => string,
): Set<string> {
  const found = new Set<string>();
  bounded(fields, name, 0, max, (value, at) => {
    const item = read(value, at);
    if (found.has(item)) throw new ShapeError(`${at}.name`, `repeats the name ${item}`);
    found.add(item);
  });
  return found;
}

function bounded<T>(
  fields: Fields,
  name: string,
  min: number,
  max: number,
  read: (value: unknown, at: string) => T,
): T[] {
  const items = fields.required(name, fields.list(name, read));
  if (items.length < min || items.length > max) {
    throw new ShapeError(
      fields.at(name),
      `must have ${String(min)} to ${String(max)} entries, has ${String(items.length)}`,
    );
  }
  return items;
}

function checkTransitions(start: string, states: readonly StateNames[]): void {
  const ids = new Set<string>();
  for (const { id, at } of states) {
    if (ids.has(id)) throw new ShapeError(`${at}.id`, `repeats the id ${id}`);
    ids.add(id);
  }
  const all = [{ id: start, at: "start" }, ...states.flatMap(({ leadsTo }) => leadsTo)];
  for (const { id, at } of all) {
    readText(id, at);
    if (!ids.has(id)) throw new ShapeError(at, `no state ${id} in states`);
  }
}
