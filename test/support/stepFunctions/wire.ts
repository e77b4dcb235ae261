/**
 * The wire of Step Functions on the emulator: answers, errors, and signature version 4.
 */
import { createHash, createHmac } from "node:crypto";
import type { Keyring } from "../../../emulator/src/accounts/keyring";
import type { Call, Reply } from "../../../emulator/src/http/exchange";
import { ReplyError, jsonReply } from "../../../emulator/src/http/exchange";

/** A JSON object of the wire. */
export type Bag = Readonly<Record<string, unknown>>;

/** The account and region of every scripted state machine. */
export const emulatedAccount = "123456789012";
/** See {@link emulatedAccount}. */
export const emulatedRegion = "us-east-1";

/** The ARN of a scripted state machine. */
export function emulatedMachine(name: string): string {
  return `arn:aws:states:${emulatedRegion}:${emulatedAccount}:stateMachine:${name}`;
}

/** An answer as the service makes it. */
export function answer(status: number, body: Bag): Reply {
  return jsonReply(status, body, {
    "content-type": "application/x-amz-json-1.0",
    "x-amzn-RequestId": "11111111-2222-3333-4444-555555555555",
  });
}

/** An error as the service makes it. */
export function errorReply(code: string, message: string, status = 400): Reply {
  return answer(status, { __type: code, message });
}

/** Refuses a request. */
export function refuse(code: string, message: string): never {
  throw new ReplyError(errorReply(code, message));
}

/** `/machine`, `/machine/execution`, or `/machine/STATUS` of a list: one path serves all operations. */
export function subjectOf(call: Call): string {
  const body = call.body.toString();
  const [, names = ""] = /"(?:stateMachineArn|executionArn)":"(?:[^":]*:){6}([^"]*)"/.exec(body) ?? [];
  const [, status] = /"statusFilter":"(\w+)"/.exec(body) ?? [];
  return `/${names.replace(":", "/")}${status === undefined ? "" : `/${status}`}`;
}

function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Checks signature version 4, step by step. */
export function checkSignature(call: Call, keyring: Keyring): void {
  const header = call.headers["authorization"] ?? "";
  const [, accessKey = "", scope = "", names = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([\da-f]{64})$/.exec(
      header,
    ) ?? refuse("IncompleteSignatureException", "Authorization header is malformed.");
  const found = keyring.find(accessKey, "alibaba");
  if (!found) refuse("UnrecognizedClientException", "The security token included in the request is invalid.");
  const date = call.headers["x-amz-date"] ?? "";
  const signedAt = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Number.isNaN(signedAt) || keyring.isSkewed(signedAt)) {
    refuse("InvalidSignatureException", `Signature expired: ${date} is now earlier than the service's time`);
  }
  if (!names.split(";").includes("host") || !names.split(";").includes("x-amz-date")) {
    refuse("InvalidSignatureException", "'Host' and 'X-Amz-Date' must be signed.");
  }
  const canonical = [
    call.method,
    call.path,
    call.rawQuery,
    ...names.split(";").map((name) => `${name}:${(call.headers[name] ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    names,
    sha256(call.body),
  ].join("\n");
  const [day = "", region = "", name = "", end = ""] = scope.split("/");
  if (region !== emulatedRegion || name !== "states" || day !== date.slice(0, 8)) {
    refuse("InvalidSignatureException", "Credential should be scoped to a valid region and service.");
  }
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac("sha256", key).update(text).digest();
  const key = [region, name, end].reduce<Buffer>(hmac, hmac(`AWS4${found.key.secretKey}`, day));
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  if (hmac(key, text).toString("hex") !== signature) {
    refuse(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
}
