/**
 * A difference as the engine takes it. Its keys are paths that the engine parses. A path that the engine cannot parse
 * ends the deployment, or the engine. So paths are built from names and keys, and a value without a path is reported
 * under its parent's.
 */
import type { DiffResponse as DiffResponseMessage } from "@pulumi/pulumi/proto/provider_pb";
import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { Change, Diff } from "../../lifecycle";

// Longer ones help nobody, and stand in every line.
const maxKeyLength = 200;

/** The path of a member as the engine parses it; its parent's where the key has none. */
export function memberKey(property: string, member: string | undefined): string {
  if (member === undefined || member === "" || member.length > maxKeyLength) return property;
  if (/^[A-Za-z_$][\w$-]*$/.test(member)) return `${property}.${member}`;
  // A backslash stands for itself unless a quotation mark follows: the last one would take the closing mark with it.
  if (member.endsWith("\\")) return property;
  return `${property}["${member.toWellFormed().replaceAll('"', '\\"')}"]`;
}

/** The answer to a comparison. */
export function toDiffResponse({ action, changes, deleteFirst }: Diff): DiffResponseMessage {
  const response = new DiffResponse();
  response.setHasdetaileddiff(true);
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(action === "none" ? DIFF_NONE : DIFF_SOME);
  if (action === "none") return response;
  const isReplaced = action !== "update";
  const properties = [...new Set(changes.map(propertyOf))];
  response.setDiffsList(properties);
  if (isReplaced) response.setReplacesList(properties);
  response.setDeletebeforereplace(deleteFirst);
  const detailed = response.getDetaileddiffMap();
  for (const change of changes) {
    const key = memberKey(propertyOf(change), change.member);
    const difference = new PropertyDiff();
    // A member without a path of its own is a change in its parent, and so are two of them.
    const isOwn = change.member === undefined || key !== change.property;
    const kind = isOwn && !detailed.has(key) ? change.kind : "update";
    difference.setKind(wireKind(kind, isReplaced));
    difference.setInputdiff(change.isInput);
    detailed.set(key, difference);
  }
  return response;
}

// A cause that is an output is named by its path.
function propertyOf({ isInput, property, path }: Change): string {
  return isInput ? property : path;
}

function wireKind(kind: Change["kind"], isReplaced: boolean): PropertyDiff.Kind {
  const { Kind } = PropertyDiff;
  switch (kind) {
    case "add":
      return isReplaced ? Kind.ADD_REPLACE : Kind.ADD;
    case "delete":
      return isReplaced ? Kind.DELETE_REPLACE : Kind.DELETE;
    case "update":
      return isReplaced ? Kind.UPDATE_REPLACE : Kind.UPDATE;
  }
}
