"""Which calls share a quota: those of one account, which its settings or credentials identify."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.settings.settings import Settings

_ROLE: Final = re.compile(r"acs:ram::(\d+):role/")


def account_key(settings: Settings, credentials: Credentials) -> str:
    """Return what stands for the account: hexadecimal digits that name neither it nor its access key.

    The ARN of an assumed role names its account. An access key stands for its own, unless it is temporary and comes
    from elsewhere: then the source stands for the account, because the next key is another.
    """
    sources = (settings.profile, settings.credentials_uri, settings.ecs_role_name)
    role = settings.assume_role or settings.assume_role_with_oidc
    if role is None and not settings.access_key_id and not any(sources):
        role = settings.environment_oidc
    account = _ROLE.match(role.role_arn) if role else None
    if account:
        identity = f"account {account[1]}"
    elif credentials.security_token and credentials.access_key_id != settings.access_key_id:
        identity = f"source {settings.access_key_id} {sources} {role.role_arn if role else None}"
    else:
        identity = f"key {credentials.access_key_id}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
