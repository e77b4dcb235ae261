/**
 * The access key that stored an execution: with the key, the state tells the execution's account without a request. A
 * key belongs to one account for ever.
 */
import { createHash } from "node:crypto";
import type { Arguments } from "../execution/argument";

/** An access key as stored beside the account: a digest of its id, because it is nobody's business which key that is. */
export function accountKeyOf(namespace: "alicloud" | "huaweicloud", accessKeyId: string): string {
  return createHash("sha256").update(`${namespace} ${accessKeyId}`).digest("hex").slice(0, 16);
}

/**
 * The account that is stored, where the same key stored it.
 * @param accountKey of the settings; undefined if they have no permanent key: all others are new each time.
 */
export function accountOfSameKey(stored: Arguments, accountKey: string | undefined): string | undefined {
  const { accountId } = stored;
  const isSame = accountKey !== undefined && stored["accountKey"] === accountKey;
  return isSame && typeof accountId === "string" && accountId !== "" ? accountId : undefined;
}
