/**
 * AWS's STS (version 2011-06-15) on the wire, as far as the provider uses it: roles by keys, and roles by web identity
 * tokens. Forms there, XML back. Pure.
 */
import type { RequestSummary } from "../../ground/errors";
import type { HttpAnswer, HttpRequest } from "../../http/request";
import { encodeRfc3986 } from "../../http/request";
import { readTemporaryKeys } from "../accessKeys";
import type { ObtainedCredentials } from "../temporaryCredentials";
import type { AwsCredential } from "./credential";
import type { RoleRequest } from "./roles";

const apiVersion = "2011-06-15";

type Parameter = readonly [string, string | undefined];

function build(endpoint: string, operation: string, parameters: readonly Parameter[]): HttpRequest {
  const all: readonly Parameter[] = [["Action", operation], ["Version", apiVersion], ...parameters];
  return {
    operation,
    method: "POST",
    endpoint,
    path: [],
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: all
      .flatMap(([name, value]) =>
        value === undefined ? [] : [`${encodeRfc3986(name)}=${encodeRfc3986(value)}`],
      )
      .join("&"),
    // A second session does no harm.
    repeatable: true,
  };
}

/**
 * Asks for a role's temporary keys; signed with the keys of the identity that assumes the role.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function buildAssumeRole(endpoint: string, role: RoleRequest): HttpRequest {
  return build(endpoint, "AssumeRole", [
    ...roleParameters(role),
    ["ExternalId", role.externalId],
    ["SourceIdentity", role.sourceIdentity],
    ...Object.entries(role.tags).flatMap(([key, value], index): Parameter[] => [
      [`Tags.member.${String(index + 1)}.Key`, key],
      [`Tags.member.${String(index + 1)}.Value`, value],
    ]),
    ...members("TransitiveTagKeys", role.transitiveTagKeys),
  ]);
}

/**
 * Asks for a role's temporary keys with a web identity token; not signed.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function buildAssumeRoleWithWebIdentity(
  endpoint: string,
  role: RoleRequest,
  token: string,
): HttpRequest {
  return build(endpoint, "AssumeRoleWithWebIdentity", [...roleParameters(role), ["WebIdentityToken", token]]);
}

function roleParameters(role: RoleRequest): Parameter[] {
  return [
    ["RoleArn", role.roleArn],
    ["RoleSessionName", role.sessionName],
    ["DurationSeconds", String(role.seconds)],
    ["Policy", role.policy],
    ...members("PolicyArns", role.policyArns, ".arn"),
  ];
}

function members(name: string, values: readonly string[], field = ""): Parameter[] {
  return values.map((value, index) => [`${name}.member.${String(index + 1)}${field}`, value]);
}

/**
 * The keys in an answer of the two operations.
 * @throws ResponseFormatError when there are none; it quotes nothing of the answer.
 */
export function parseAssumedRole(
  answer: HttpAnswer,
  request: RequestSummary,
): ObtainedCredentials<AwsCredential> {
  const [, credentials = ""] = /<Credentials>([^]*?)<\/Credentials>/.exec(answer.text) ?? [];
  return readTemporaryKeys(
    answer,
    request,
    (name) => elementOf(credentials, name),
    (field) => ({
      accessKeyId: field("AccessKeyId"),
      secretAccessKey: field("SecretAccessKey"),
      sessionToken: field("SessionToken"),
    }),
  );
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The text of an XML element without children; undefined if there is none. */
export function elementOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text?.trim().replace(/&(lt|gt|amp|quot|apos);/g, (_, entity: string) => entities[entity] ?? "");
}
