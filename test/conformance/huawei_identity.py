"""Takes on identities of Huawei Cloud through the vendor's Python SDKs and prints one line of JSON with all that it saw.

Usage: huawei_identity.py URL   (an emulator with the accounts of identityScenario.ts)
Nothing is judged here: identityPython.test.ts compares what is printed.
"""

import json
import os
import tempfile

from huaweicloudsdkaom.v1 import AomClient, ExecuteWorkflowRequest, ListWorkflowExecutionsRequest
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.auth.internal import MetadataAccessor
from huaweicloudsdkcore.auth.provider import (
    MetadataCredentialProvider,
    OidcStsCredentialProvider,
    PodIdentityCredentialProvider,
)
from huaweicloudsdkcore.exceptions import exceptions
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiam.v3 import (
    AgencyAuth,
    AgencyAuthIdentity,
    AgencyTokenAssumerole,
    AgencyTokenAuth,
    AgencyTokenIdentity,
    AgencyTokenScope,
    AgencyTokenScopeProject,
    AssumeroleSessionuser,
    CreateTemporaryAccessKeyByAgencyRequest,
    CreateTemporaryAccessKeyByAgencyRequestBody,
    IamClient,
    IdentityAssumerole,
    KeystoneCreateAgencyTokenRequest,
    KeystoneCreateAgencyTokenRequestBody,
    KeystoneListAuthDomainsRequest,
    KeystoneListAuthProjectsRequest,
    KeystoneListProjectsRequest,
)
from huaweicloudsdksts.v1 import (
    AssumeAgencyReqBody,
    AssumeAgencyRequest,
    GetCallerIdentityRequest,
    StsClient,
)

from emulator import AK, SK, URL, advance, control

REGION = Region("cn-north-4", URL)
os.environ["HUAWEICLOUD_SDK_IAM_ENDPOINT"] = URL
os.environ["HUAWEICLOUD_SDK_STS_ENDPOINT"] = URL
# In the cloud the address is the same on every machine, so that the SDK has no setting for it.
MetadataAccessor._METADATA_ENDPOINT = URL


def iam(credentials=None):
    return IamClient.new_builder().with_credentials(credentials or GlobalCredentials(AK, SK)).with_endpoint(URL).build()


def sts(credentials):
    return StsClient.new_builder().with_credentials(credentials).with_endpoint(URL).build()


def aom(credentials, region=REGION):
    """Without a project id: the SDK looks it up in IAM, as whoever the credentials are."""
    BasicCredentials._CACHE.clear()
    return AomClient.new_builder().with_credentials(credentials).with_region(region).build()


def run(credentials, region=REGION):
    client = aom(credentials, region)
    client.execute_workflow(ExecuteWorkflowRequest(workflow_id="job"))
    listed = client.list_workflow_executions(ListWorkflowExecutionsRequest(workflow_id="job")).body
    return [listed[0].created_by, listed[0].project_id]


def refusal(call):
    try:
        call()
    except exceptions.ServiceResponseException as error:
        return [error.status_code, error.error_code]
    except exceptions.SdkException as error:
        return [type(error).__name__]
    return "no error"


def agency_token(agency="deployer", project="cn-north-4_dev"):
    assume = AgencyTokenAssumerole(domain_name="acme", agency_name=agency)
    scope = AgencyTokenScope(project=AgencyTokenScopeProject(name=project))
    identity = AgencyTokenIdentity(methods=["assume_role"], assume_role=assume)
    body = KeystoneCreateAgencyTokenRequestBody(auth=AgencyTokenAuth(identity=identity, scope=scope))
    return iam().keystone_create_agency_token(KeystoneCreateAgencyTokenRequest(body=body))


def agency_keys(seconds=3600, session_user=None):
    assume = IdentityAssumerole(
        agency_name="deployer",
        domain_name="acme",
        duration_seconds=seconds,
        session_user=AssumeroleSessionuser(name=session_user) if session_user else None,
    )
    identity = AgencyAuthIdentity(methods=["assume_role"], assume_role=assume)
    body = CreateTemporaryAccessKeyByAgencyRequestBody(auth=AgencyAuth(identity=identity))
    request = CreateTemporaryAccessKeyByAgencyRequest(body=body)
    return iam().create_temporary_access_key_by_agency(request).credential


def with_keys(credential, kind=BasicCredentials):
    return kind(credential.access, credential.secret).with_security_token(credential.securitytoken)


def assume(credentials, agency, seconds=3600, session="pulumi"):
    body = AssumeAgencyReqBody(
        agency_urn=f"iam::{os.environ['ACME_DOMAIN_ID']}:agency:{agency}",
        agency_session_name=session,
        duration_seconds=seconds,
    )
    return sts(credentials).assume_agency(AssumeAgencyRequest(body=body))


def with_session(credentials, kind=BasicCredentials):
    return kind(credentials.access_key_id, credentials.secret_access_key).with_security_token(
        credentials.security_token
    )


def token_file(**claims):
    token = control("POST", "/id-tokens", {"idp": "github", "subject": "repo:acme/app", **claims})["idToken"]
    with tempfile.NamedTemporaryFile("w", delete=False, dir=os.environ["HOME"]) as file:
        file.write(token)
    return file.name


def see_agencies(seen):
    token = agency_token()
    seen["agency_token"] = [
        token.token.methods,
        token.token.user.name,
        token.token.project.name,
        token.token.assumed_by.user.name,
        len(token.x_subject_token) > 1000,
    ]
    seen["unknown_agency"] = refusal(lambda: agency_token(agency="nobody"))
    seen["closed_project"] = refusal(lambda: agency_token(project="cn-north-4"))
    seen["closed_agency"] = refusal(lambda: agency_token(agency="ci"))

    keys = agency_keys(session_user="ann-b")
    sub_project = Region("cn-north-4_dev", URL)
    seen["agency_run"] = run(with_keys(keys), sub_project)
    seen["agency_projects"] = [
        project.name
        for project in iam(with_keys(keys, GlobalCredentials))
        .keystone_list_auth_projects(KeystoneListAuthProjectsRequest())
        .projects
    ]
    domains = iam(with_keys(keys, GlobalCredentials)).keystone_list_auth_domains(KeystoneListAuthDomainsRequest())
    seen["agency_domain"] = domains.domains[0].name
    without_token = BasicCredentials(keys.access, keys.secret, os.environ["ACME_DEV_PROJECT"])
    seen["keys_without_token"] = refusal(lambda: run(without_token, sub_project))
    kept = BasicCredentials(keys.access, keys.secret, os.environ["ACME_DEV_PROJECT"]).with_security_token(
        keys.securitytoken
    )
    seen["too_long"] = refusal(lambda: agency_keys(seconds=86_401))
    advance(3_600_000)
    seen["expired_keys"] = refusal(lambda: run(kept, sub_project))


def see_sts(seen):
    demo = BasicCredentials(AK, SK, "0" * 32)
    seen["caller"] = sts(demo).get_caller_identity(GetCallerIdentityRequest()).principal_urn.split(":")[-2:]
    first = assume(demo, "deployer", 7200)
    seen["assumed"] = first.assumed_agency.urn.split(":")[-2:]
    session = with_session(first.credentials)
    session.project_id = "0" * 32
    caller = sts(session).get_caller_identity(GetCallerIdentityRequest())
    seen["session_caller"] = [caller.principal_urn.split(":")[-2:], caller.account_id == os.environ["ACME_DOMAIN_ID"]]
    seen["sts_run"] = run(with_session(first.credentials), Region("cn-north-4_dev", URL))
    chained = with_session(first.credentials)
    chained.project_id = "0" * 32
    second = assume(chained, "second", 3600, "next")
    seen["chained_run"] = run(with_session(second.credentials))
    seen["chained_too_long"] = refusal(lambda: assume(chained, "second", 3601))
    seen["unknown_agency_sts"] = refusal(lambda: assume(demo, "nobody"))
    seen["untrusted_sts"] = refusal(lambda: assume(demo, "second"))


def see_id_tokens(seen):
    def federated(file):
        return BasicCredentials().with_idp_id("github").with_id_token_file(file).with_iam_endpoint(URL)

    seen["federated_run"] = run(federated(token_file()))
    seen["expired_id_token"] = refusal(lambda: run(federated(token_file(expiresInSeconds=-1))))
    os.environ["HUAWEICLOUD_OIDC_PROVIDER_URN"] = f"iam::{os.environ['ACME_DOMAIN_ID']}:oidcProvider:github"
    os.environ["HUAWEICLOUD_OIDC_AGENCY_URN"] = f"iam::{os.environ['ACME_DOMAIN_ID']}:agency:ci"
    os.environ["HUAWEICLOUD_OIDC_TOKEN_FILE"] = token_file()
    seen["oidc_run"] = run(OidcStsCredentialProvider.get_basic().get_credentials())
    os.environ["HUAWEICLOUD_OIDC_TOKEN_FILE"] = token_file(subject="repo:other/app")
    stranger = OidcStsCredentialProvider.get_basic().get_credentials()
    seen["oidc_stranger"] = refusal(lambda: run(stranger))


def see_machines(seen):
    def machine():
        return MetadataCredentialProvider.get_basic().get_credentials()

    machine_seed = {"domain": "acme", "agency": "machine"}
    for mode in ("optional", "required", "absent"):
        control("PUT", "/machines/huaweiEcs", {**machine_seed, "metadataTokens": mode})
        seen[f"metadata_{mode}"] = run(machine())
    control("PUT", "/machines/huaweiEcs", {"domain": "acme"})
    seen["metadata_without_agency"] = refusal(machine)
    control("PUT", "/machines/huaweiEcs", machine_seed)
    first, again = machine(), machine()
    advance(5 * 3_600_000 + 60_000)
    renewed = machine()
    seen["metadata_renewal"] = [first.ak == again.ak, first.ak == renewed.ak]

    os.environ["HC_CONTAINER_CREDENTIALS_FULL_URI"] = URL + "/v1/pod-identity/credentials"
    os.environ["HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = token_file()
    for answer in ("credential", "credentials", "flat"):
        control("PUT", "/machines/huaweiPod", {**machine_seed, "idp": "github", "answer": answer})
        seen[f"pod_{answer}"] = run(PodIdentityCredentialProvider.get_basic().get_credentials())
    os.environ["HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = token_file(expiresInSeconds=-1)
    seen["pod_expired"] = refusal(PodIdentityCredentialProvider.get_basic().get_credentials)


def see_domains(seen):
    """The SDK looks up the domain of global credentials in IAM, and in STS where the list of domains is empty."""

    def domain_of(credentials):
        GlobalCredentials._CACHE.clear()
        client = IamClient.new_builder().with_credentials(credentials).with_region(REGION).build()
        client.keystone_list_projects(KeystoneListProjectsRequest())
        return credentials.domain_id

    seen["domain_in_iam"] = domain_of(GlobalCredentials(AK, SK)) == os.environ["DEMO_DOMAIN_ID"]
    control("PUT", "/quirks", {"noAuthDomains": True})
    seen["domain_in_sts"] = domain_of(GlobalCredentials(AK, SK)) == os.environ["DEMO_DOMAIN_ID"]
    control("DELETE", "/quirks")


def main():
    seen = {}
    see_domains(seen)
    see_agencies(seen)
    see_sts(seen)
    see_id_tokens(seen)
    see_machines(seen)
    seen["actors"] = [
        [actor.get("who"), actor["kind"], actor.get("assumedBy"), actor.get("project")]
        for actor in control("GET", "/actors?operation=ExecuteWorkflow")["actors"]
        if "kind" in actor
    ]
    print(json.dumps(seen))


main()
