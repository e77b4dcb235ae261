/** Trust policies of roles: finds the role and decides who may assume it. The services word the refusals. */
import type { AssumableRole } from "./account";
import type { Principal } from "./principal";

/** True if the role's trust policy names the caller. */
export function trustsCaller({ trusts }: AssumableRole, caller: Principal): boolean {
  const { account, ref, actor } = caller;
  return trusts.some((trust) => {
    switch (trust.kind) {
      case "account":
        return trust.domain === account.domainName;
      case "user":
        return ref.kind === "user" && trust.domain === account.domainName && trust.user === ref.user;
      case "session":
        return ref.kind === "session" && trust.domain === account.domainName && trust.role === actor.name;
      case "idToken":
        return false;
    }
  });
}

/** True if the role's trust policy names the bearer of an id token. */
export function trustsIdToken({ trusts }: AssumableRole, idp: string, subject: string): boolean {
  return trusts.some(
    (trust) => trust.kind === "idToken" && trust.idp === idp && matches(trust.subject, subject),
  );
}

// `*` stands for any text, as in the clouds' policies.
function matches(pattern: string | undefined, subject: string): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su").test(subject);
}
