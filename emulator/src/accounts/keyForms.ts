/**
 * The form of temporary keys and tokens of each cloud: as long as real ones, so that a client that
 * cuts them is found out.
 */
import { randomBytes } from "node:crypto";

/** The three parts of a temporary key. */
export interface KeyParts {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string;
}

/** The API that issues a key: each has a form of its own. */
export type KeyForm = "huaweiIam" | "huaweiSts" | "alibabaSts";

const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const mixedCase = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789";

/** A new temporary key. */
export function newKey(form: KeyForm): KeyParts {
  switch (form) {
    case "huaweiIam":
      return {
        accessKey: randomText(20, upperCase),
        secretKey: randomText(40, mixedCase),
        securityToken: base64(900),
      };
    case "huaweiSts":
      return {
        accessKey: `HSTA${randomText(16, upperCase)}`,
        secretKey: randomText(40, mixedCase),
        securityToken: base64(1200),
      };
    case "alibabaSts":
      return {
        accessKey: `STS.${randomText(25, mixedCase)}`,
        secretKey: randomText(44, mixedCase),
        // With + and /, which a client has to encode.
        securityToken: `CAI${randomBytes(600).toString("base64")}`,
      };
  }
}

/** A new token of Huawei IAM. */
export function newToken(): string {
  return `MII${base64(900)}`;
}

function base64(bytes: number): string {
  return randomBytes(bytes).toString("base64").replaceAll("/", "-");
}

function randomText(length: number, characters: string): string {
  // A slight preference for the first characters does no harm in keys that open nothing.
  return [...randomBytes(length)].map((byte) => characters[byte % characters.length]).join("");
}
