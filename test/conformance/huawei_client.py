"""Builds the vendor's clients for the emulator: the same way for every service of Huawei Cloud."""

from emulator import AK, SK, URL
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.region.region import Region

PROJECT = "0123456789abcdef0123456789abcdef"


def build(kind, ak=AK, sk=SK, project=PROJECT, security_token=None):
    """With a project id, or without: the SDK then looks it up in IAM by the region's name."""
    credentials = BasicCredentials(ak, sk, project) if project else BasicCredentials(ak, sk)
    credentials = credentials.with_iam_endpoint(URL)
    if security_token:
        credentials = credentials.with_security_token(security_token)
    builder = kind.new_builder().with_credentials(credentials)
    if project:
        return builder.with_endpoint(URL).build()
    return builder.with_region(Region("cn-north-4", URL)).build()
