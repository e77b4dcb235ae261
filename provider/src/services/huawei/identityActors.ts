/**
 * Makes the actor of an identity: its credential, and on top of the credential the agency that is assumed.
 */
import type { HttpRequest } from "../../http/request";
import { summarize } from "../../http/request";
import type { CredentialSource } from "../temporaryCredentials";
import { readTokenFile } from "../tokenFile";
import type { Actor } from "./actors";
import { givenKeys, givenToken, obtainedKeys, obtainedTokens } from "./actors";
import type { HuaweiKeys, IdTokenCredential, IdTokenPlace, OidcCredential } from "./credentials";
import type { TokenScope } from "./iam";
import { buildAgencyTokenRequest, buildIdTokenRequest, buildTokenRequest, parseToken } from "./iam";
import type { IamRequests } from "./iamRequests";
import { ofAccount } from "./iamRequests";
import type { HuaweiIdentity } from "./identity";
import {
  buildAgencyKeysRequest,
  buildAssumeAgencyRequest,
  buildAssumeAgencyWithOidcRequest,
  buildTokenKeysRequest,
  parseKeys,
} from "./keyRequests";
import { ecsKeys, podKeys } from "./machineKeys";
import type { AgencyToken, Role } from "./roles";
import type { Remedies } from "./serviceErrors";
import type { Login } from "./tokens";
// Of keys that are made of an identity provider's token, in seconds.
const idTokenKeysSeconds = 3600;

/** Makes the actors of one account. */
export class IdentityActors {
  readonly #iam: IamRequests;

  constructor(iam: IamRequests) {
    this.#iam = iam;
  }

  /** The actor for an identity. Nothing is obtained yet. */
  of(identity: HuaweiIdentity): Actor {
    return this.#assume(identity.agency, this.#actorOf(identity));
  }

  #actorOf({ credential, domainId }: HuaweiIdentity): Actor {
    const { http, clock, credentials, readFile } = this.#iam.context;
    const keysFrom = (source: CredentialSource<HuaweiKeys>): Actor =>
      obtainedKeys(this.#remembering(source), clock);
    switch (credential.kind) {
      case "token":
        return givenToken(credential.token);
      case "password":
        return this.#tokens(
          (scope) => buildTokenRequest(this.#iam.endpoints.iamEndpoint, credential, scope),
          undefined,
        );
      case "accessKey":
        return givenKeys(credential, domainId, clock);
      case "idToken":
        return keysFrom(this.#keysOfIdToken(credential));
      case "oidc":
        return keysFrom(this.#keysOfOidc(credential));
      case "pod":
        return keysFrom(
          podKeys(http, credential, readFile, (secret) => {
            credentials.add(secret);
          }),
        );
      case "ecs":
        return keysFrom(ecsKeys(http, credential.isAsked, this.#iam.context.words));
    }
  }

  #assume(agency: Role | AgencyToken | undefined, base: Actor): Actor {
    const { iamEndpoint, stsEndpoint } = this.#iam.endpoints;
    if (!agency) return base;
    if (agency.kind === "agencyToken") {
      const build = (scope: TokenScope): HttpRequest => buildAgencyTokenRequest(iamEndpoint, agency, scope);
      return this.#tokens(build, base, agencyRemedies(agency.agencyName, agency.domainName));
    }
    const { domain } = agency;
    const request =
      "id" in domain
        ? buildAssumeAgencyRequest(stsEndpoint, domain.id, agency)
        : buildAgencyKeysRequest(iamEndpoint, domain.name, agency);
    const remedies = agencyRemedies(agency.agencyName, "id" in domain ? domain.id : domain.name);
    const source: CredentialSource<HuaweiKeys> = {
      summary: summarize(request),
      obtain: async (signal) =>
        parseKeys(await this.#iam.send(request, ofAccount(base), signal, remedies), summarize(request)),
    };
    return obtainedKeys(this.#remembering(source), this.#iam.context.clock);
  }

  #tokens(build: (scope: TokenScope) => HttpRequest, base: Actor | undefined, remedies?: Remedies): Actor {
    const obtain: Login["obtain"] = async (scope, signal) => {
      const request = build(scope);
      const answer = await this.#iam.send(request, base && ofAccount(base), signal, remedies);
      const obtained = parseToken(answer, summarize(request));
      this.#iam.context.credentials.add(obtained.value.token);
      return obtained;
    };
    return obtainedTokens(summarize(build({ name: "" })), obtain, this.#iam.context.clock);
  }

  #keysOfIdToken({ idpId, idToken }: IdTokenCredential): CredentialSource<HuaweiKeys> {
    const { iamEndpoint } = this.#iam.endpoints;
    return {
      summary: summarize(buildIdTokenRequest(iamEndpoint, idpId, "")),
      obtain: async (signal) => {
        const first = buildIdTokenRequest(iamEndpoint, idpId, this.#readIdToken(idToken));
        const { token } = parseToken(await this.#iam.send(first, undefined, signal), summarize(first)).value;
        this.#iam.context.credentials.add(token);
        const second = buildTokenKeysRequest(iamEndpoint, token, idTokenKeysSeconds);
        const acting = ofAccount(givenToken(token));
        return parseKeys(await this.#iam.send(second, acting, signal), summarize(second));
      },
    };
  }

  #keysOfOidc(credential: OidcCredential): CredentialSource<HuaweiKeys> {
    const { stsEndpoint } = this.#iam.endpoints;
    const build = (idToken: string): HttpRequest =>
      buildAssumeAgencyWithOidcRequest(stsEndpoint, credential, idToken);
    return {
      summary: summarize(build("")),
      obtain: async (signal) => {
        const request = build(this.#readIdToken(credential.idToken));
        return parseKeys(await this.#iam.send(request, undefined, signal), summarize(request));
      },
    };
  }

  // At each renewal: the issuer of id tokens replaces the file before the present token ends.
  #readIdToken(place: IdTokenPlace): string {
    const { credentials, readFile } = this.#iam.context;
    const token = "text" in place ? place.text : readTokenFile(place, readFile);
    credentials.add(token);
    return token;
  }

  // Before anything is sent with them.
  #remembering(source: CredentialSource<HuaweiKeys>): CredentialSource<HuaweiKeys> {
    return {
      summary: source.summary,
      obtain: async (signal) => {
        const obtained = await source.obtain(signal);
        this.#iam.context.credentials.add(obtained.value.secretKey, obtained.value.securityToken);
        return obtained;
      },
    };
  }
}

function agencyRemedies(agencyName: string, domain: string): Remedies {
  const agency = `the agency "${agencyName}" of the account ${domain}`;
  return {
    notFound: `There is no such agency: check ${agency} in the settings.`,
    refused: `Check that ${agency} lets these credentials assume it, and that they may assume agencies (Agent Operator).`,
  };
}
