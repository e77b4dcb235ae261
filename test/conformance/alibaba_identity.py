"""Takes on identities of Alibaba Cloud through the vendor's Python SDKs and prints one line of JSON with all that it saw.

Usage: alibaba_identity.py URL   (an emulator with the accounts of identityScenario.ts)
Nothing is judged here: identityPython.test.ts compares what is printed.
"""

import json

from alibabacloud_credentials.provider.ecs_ram_role import EcsRamRoleCredentialsProvider
from alibabacloud_credentials.provider.uri import URLCredentialsProvider
from alibabacloud_fnf20190315 import models as fnf
from alibabacloud_fnf20190315.client import Client as Fnf
from alibabacloud_sts20150401 import models as sts
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.utils_models import Config

from emulator import AK, SK, URL, advance, control

HOST = URL.removeprefix("http://")
ARN = "acs:ram::1234567890123456:"


def client(kind, keys, signature="v2"):
    ak, sk, token = keys
    config = Config(access_key_id=ak, access_key_secret=sk, security_token=token, protocol="http", endpoint=HOST)
    made = kind(config)
    made._signature_algorithm = signature
    return made


def refusal(call):
    try:
        call()
    except Exception as error:
        return [getattr(error, "status_code", None), getattr(error, "code", None)]
    return "no error"


def keys_of(credentials):
    return (credentials.access_key_id, credentials.access_key_secret, credentials.security_token)


def assume(keys, role, signature="v2", **more):
    request = sts.AssumeRoleRequest(role_arn=f"{ARN}role/{role}", role_session_name="pulumi", **more)
    return client(Sts, keys, signature).assume_role(request).body


def assume_with_id_token(role, signature="v2", **claims):
    token = control("POST", "/id-tokens", {"idp": "github", "subject": "repo:acme/app", **claims})["idToken"]
    request = sts.AssumeRoleWithOIDCRequest(
        role_arn=f"{ARN}role/{role}",
        role_session_name="pulumi",
        oidcprovider_arn=f"{ARN}oidc-provider/github",
        oidctoken=token,
    )
    return client(Sts, (None, None, None), signature).assume_role_with_oidc(request).body


def who(keys, signature="v2"):
    body = client(Sts, keys, signature).get_caller_identity().body
    return [body.identity_type, body.account_id, body.arn.split(":")[-1]]


def start(keys, name, signature="v2"):
    request = fnf.StartExecutionRequest(flow_name="flow", execution_name=name)
    return client(Fnf, keys, signature).start_execution(request).body.status


def see_roles(seen):
    permanent = (AK, SK, None)
    for signature, label in (("v2", "rpc"), (None, "acs3")):
        seen[f"caller_{label}"] = who(permanent, signature)[::2]
        assumed = assume(permanent, "deployer", signature)
        keys = keys_of(assumed.credentials)
        seen[f"assumed_{label}"] = [
            assumed.assumed_role_user.arn.split(":")[-1],
            assumed.assumed_role_user.assumed_role_id.split(":")[1],
            keys[0].startswith("STS."),
        ]
        seen[f"role_{label}"] = who(keys, signature)
        seen[f"started_{label}"] = start(keys, f"role-{label}", signature)
        federated = assume_with_id_token("ci", signature)
        info = federated.oidctoken_info
        seen[f"oidc_{label}"] = [info.subject, info.issuer, info.client_ids, info.verification_info]
        seen[f"oidc_started_{label}"] = start(keys_of(federated.credentials), f"oidc-{label}", signature)

    keys = keys_of(assume(permanent, "deployer").credentials)
    second = keys_of(assume(keys, "second").credentials)
    seen["chained_started"] = start(second, "chained")
    seen["chained_too_long"] = refusal(lambda: assume(keys, "second", duration_seconds=3601))
    seen["untrusted"] = refusal(lambda: assume(permanent, "second"))
    seen["unknown_role"] = refusal(lambda: assume(permanent, "nobody"))
    seen["too_short"] = refusal(lambda: assume(permanent, "deployer", duration_seconds=899))
    seen["without_token"] = refusal(lambda: start((keys[0], keys[1], None), "none"))
    seen["wrong_token"] = refusal(lambda: start((keys[0], keys[1], second[2]), "none"))
    seen["invented_token"] = refusal(lambda: start((keys[0], keys[1], "abc"), "none"))
    seen["expired_id_token"] = refusal(lambda: assume_with_id_token("ci", expiresInSeconds=-1))
    seen["other_subject"] = refusal(lambda: assume_with_id_token("ci", subject="repo:other/app"))
    advance(3_600_000)
    seen["expired"] = refusal(lambda: start(keys, "none"))


def machine(**options):
    provider = EcsRamRoleCredentialsProvider(async_update_enabled=False, **options)
    # In the cloud the address is the same on every machine, so that the SDK has no setting for it.
    provider._EcsRamRoleCredentialsProvider__metadata_service_host = HOST
    return provider


def keys_from(provider):
    credentials = provider.get_credentials()
    return (
        credentials.get_access_key_id(),
        credentials.get_access_key_secret(),
        credentials.get_security_token(),
    )


def see_machines(seen):
    seed = {"domain": "acme", "role": "machine"}
    for mode in ("optional", "required", "absent"):
        control("PUT", "/machines/alibabaEcs", {**seed, "metadataTokens": mode})
        seen[f"metadata_{mode}"] = [who(keys_from(machine()))[2].split("/")[1]]
        seen[f"metadata_{mode}"].append(refusal(lambda: keys_from(machine(disable_imds_v1=True))))
    seen["metadata_by_name"] = who(keys_from(machine(role_name="machine")))[2].split("/")[1]
    seen["metadata_other_role"] = refusal(lambda: keys_from(machine(role_name="other")))
    control("PUT", "/machines/alibabaUri", seed)
    seen["uri"] = who(keys_from(URLCredentialsProvider(uri=URL + "/alibaba/credentials")))[2].split("/")[1]


def main():
    seen = {}
    see_roles(seen)
    see_machines(seen)
    seen["actors"] = [
        [actor["who"], actor["kind"], actor.get("assumedBy")]
        for actor in control("GET", "/actors?service=cloudflow")["actors"]
        if "kind" in actor
    ]
    print(json.dumps(seen))


main()
