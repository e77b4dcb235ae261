/**
 * A comparison's answer, as tests read it.
 */
import type * as protocol from "@pulumi/pulumi/proto/provider_pb";

/** A comparison's answer. */
export interface Comparison {
  readonly changes: "unknown" | "none" | "some";
  readonly diffs: readonly string[];
  readonly replaces: readonly string[];
  /** By path: kind, and whether the difference is one of the inputs. */
  readonly detailed: Readonly<Record<string, { readonly kind: string; readonly isInput: boolean }>>;
  readonly deletesFirst: boolean;
}

const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** Reads the answer of Diff and DiffConfig. */
export function comparisonOf(answer: protocol.DiffResponse): Comparison {
  const detailed: Record<string, { kind: string; isInput: boolean }> = {};
  answer.getDetaileddiffMap().forEach((value, key) => {
    detailed[key] = { kind: kinds[value.getKind()]!, isInput: value.getInputdiff() };
  });
  return {
    changes: (["unknown", "none", "some"] as const)[answer.getChanges()],
    diffs: answer.getDiffsList(),
    replaces: answer.getReplacesList(),
    detailed,
    deletesFirst: answer.getDeletebeforereplace(),
  };
}
