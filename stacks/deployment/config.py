"""The config of a deployment: the producer, and a list of entries for each kind of target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pulumi

Text = Annotated[str, msgspec.Meta(min_length=1)]
Names = Annotated[list[Text], msgspec.Meta(min_length=1)]
# Certificate Management Service allows 64 characters; a hyphen and 16 digits of a fingerprint are appended.
VersionedName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,46}$")]


class _Object(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """An object in the config. Its keys are the fields in camelCase; any other key is an error."""


def _require_names(entry: SlbCaCertificate | OssTrustBundle) -> None:
    if entry.certificates is None and entry.fleets is None:
        raise ValueError("Object needs `certificates` or `fleets`, or both")


class SlbCaCertificate(_Object, frozen=True):
    """An ``slb.CaCertificate``: the one CA of the devices, for mutual TLS on listeners of a Classic Load Balancer."""

    name: VersionedName
    certificates: Names | None = None
    fleets: Names | None = None

    def __post_init__(self) -> None:
        """Raise ValueError if nothing is named."""
        _require_names(self)


class OssTrustBundle(_Object, frozen=True):
    """An ``oss.BucketObject``: the CAs of the devices as one PEM file, each CA once."""

    bucket: Text
    key: Text
    certificates: Names | None = None
    fleets: Names | None = None

    def __post_init__(self) -> None:
        """Raise ValueError if nothing is named."""
        _require_names(self)


class OssAllowList(_Object, frozen=True):
    """An ``oss.BucketObject``: SHA-256 fingerprints, one a line, sorted; by default of all that are in service."""

    bucket: Text
    key: Text
    certificates: Names | None = None
    fleets: Names | None = None
    include_inactive: bool = False
    allow_empty: bool = False


class KmsSecret(_Object, frozen=True):
    """A ``kms.Secret``: the private key, PKCS#8 PEM. KMS 3.0 requires both IDs."""

    name: Text
    certificate: Text
    dkms_instance_id: Text | None = None
    encryption_key_id: Text | None = None


class OosSecretParameter(_Object, frozen=True):
    """An ``oos.SecretParameter``: the private key, PKCS#8 PEM; by default with the account's encryption key."""

    name: Text
    certificate: Text
    dkms_instance_id: Text | None = None
    key_id: Text | None = None


class CasServiceCertificate(_Object, frozen=True):
    """A ``cas.ServiceCertificate``: the certificate with its private key."""

    name: VersionedName
    certificate: Text


class DeploymentConfig(_Object, frozen=True):
    """The whole config of a deployment."""

    producer: Text
    """The stack that reads the certificates: ``stack``, ``project/stack`` or ``organization/project/stack``."""
    slb_ca_certificates: list[SlbCaCertificate] = []
    oss_trust_bundles: list[OssTrustBundle] = []
    oss_allow_lists: list[OssAllowList] = []
    kms_secrets: list[KmsSecret] = []
    oos_secret_parameters: list[OosSecretParameter] = []
    cas_service_certificates: list[CasServiceCertificate] = []


def read_config(config: pulumi.Config) -> DeploymentConfig:
    """Read the config of a deployment. Raise ``pulumi.RunError``, one line that names the key."""
    keys = {field.encode_name for field in msgspec.structs.fields(DeploymentConfig)}
    # A misspelt key must not silently publish nothing.
    prefix = f"{config.name}:"
    known = {prefix + key for key in keys}
    for key in sorted(pulumi.runtime.get_config_env()):
        if key.startswith(prefix) and key not in known:
            raise pulumi.RunError(f"{key} is not a key of a deployment; its keys are {', '.join(sorted(keys))}")
    given: dict[str, Any] = {key: config.get_object(key) for key in keys - {"producer"}}
    given["producer"] = config.get("producer")
    try:
        found = msgspec.convert({key: value for key, value in given.items() if value is not None}, DeploymentConfig)
    except msgspec.ValidationError as error:
        fault, _, path = str(error).partition(" - at `$.")
        where = path.removesuffix("`")
        raise pulumi.RunError(f"{prefix}{where}: {fault}" if where else f"{prefix} {fault}") from None
    for key, name in _duplicates(found):
        raise pulumi.RunError(f"{prefix}{key} has a duplicate: {name}")
    return found


def _duplicates(config: DeploymentConfig) -> Iterator[tuple[str, str]]:
    """Yield each name that two resources would have: its key in the config, and the name."""
    named = {
        "slbCaCertificates": [entry.name for entry in config.slb_ca_certificates],
        "kmsSecrets": [entry.name for entry in config.kms_secrets],
        "oosSecretParameters": [entry.name for entry in config.oos_secret_parameters],
        "casServiceCertificates": [entry.name for entry in config.cas_service_certificates],
        "ossTrustBundles and ossAllowLists together": [
            *(f"{entry.bucket}/{entry.key}" for entry in config.oss_trust_bundles),
            *(f"{entry.bucket}/{entry.key}" for entry in config.oss_allow_lists),
        ],
    }
    for key, names in named.items():
        for name in names:
            if names.count(name) > 1:
                yield key, name
