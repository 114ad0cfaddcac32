"""What a deployment publishes, as the stack's config says: a list for each kind of thing, which is off without one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pulumi

Text = Annotated[str, msgspec.Meta(min_length=1)]
Names = Annotated[list[Text], msgspec.Meta(min_length=1)]
# A hyphen and 16 digits of a fingerprint follow, and Certificate Management Service takes 64 characters.
VersionedName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,46}$")]


class _Object(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """An object in the config: its keys are these names in camelCase, and there are no others."""


class SlbCaCertificate(_Object, frozen=True):
    """The one CA above ``certificates``, for the mutual TLS of a Classic Load Balancer's listeners."""

    name: VersionedName
    certificates: Names


class OssTrustBundle(_Object, frozen=True):
    """The CAs above ``certificates``, as one object of PEM."""

    bucket: Text
    key: Text
    certificates: Names


class OssAllowList(_Object, frozen=True):
    """The fingerprints of ``certificates``, of all that the producer has where none are named, as one object."""

    bucket: Text
    key: Text
    certificates: Names | None = None


class KmsSecret(_Object, frozen=True):
    """The private key of ``certificate`` in a generic secret; KMS 3.0 requires instance and encryption key."""

    name: Text
    certificate: Text
    dkms_instance_id: Text | None = None
    encryption_key_id: Text | None = None


class OosSecretParameter(_Object, frozen=True):
    """The private key of ``certificate`` in an encrypted parameter, with the account's default key if none is named."""

    name: Text
    certificate: Text
    dkms_instance_id: Text | None = None
    key_id: Text | None = None


class CasServiceCertificate(_Object, frozen=True):
    """``certificate`` with its private key, imported into Certificate Management Service."""

    name: VersionedName
    certificate: Text


class Switches(_Object, frozen=True):
    """The whole config of a deployment."""

    producer: Text
    """The stack that reads the certificates: ``stack``, ``project/stack`` or ``organization/project/stack``."""
    slb_ca_certificates: list[SlbCaCertificate] = []
    oss_trust_bundles: list[OssTrustBundle] = []
    oss_allow_lists: list[OssAllowList] = []
    kms_secrets: list[KmsSecret] = []
    oos_secret_parameters: list[OosSecretParameter] = []
    cas_service_certificates: list[CasServiceCertificate] = []


def configured_switches(config: pulumi.Config) -> Switches:
    """Read the config of a deployment; raises ``pulumi.RunError``, one line that names the key, for what is wrong."""
    keys = {field.encode_name for field in msgspec.structs.fields(Switches)}
    # A switch that is misspelt would be a switch that is off.
    prefix = f"{config.name}:"
    known = {prefix + key for key in keys}
    for key in sorted(pulumi.runtime.get_config_env()):
        if key.startswith(prefix) and key not in known:
            raise pulumi.RunError(f"{key} is no key of a deployment: there are {', '.join(sorted(keys))}")
    given: dict[str, Any] = {key: config.get_object(key) for key in keys - {"producer"}}
    given["producer"] = config.get("producer")
    try:
        switches = msgspec.convert({key: value for key, value in given.items() if value is not None}, Switches)
    except msgspec.ValidationError as error:
        fault, _, path = str(error).partition(" - at `$.")
        where = path.removesuffix("`")
        raise pulumi.RunError(f"{prefix}{where}: {fault}" if where else f"{prefix} {fault}") from None
    for key, name in _duplicates(switches):
        raise pulumi.RunError(f"{prefix}{key} has {name} twice")
    return switches


def _duplicates(switches: Switches) -> Iterator[tuple[str, str]]:
    """Give what would be two resources of one name: its key in the config, and its name."""
    named = {
        "slbCaCertificates": [entry.name for entry in switches.slb_ca_certificates],
        "kmsSecrets": [entry.name for entry in switches.kms_secrets],
        "oosSecretParameters": [entry.name for entry in switches.oos_secret_parameters],
        "casServiceCertificates": [entry.name for entry in switches.cas_service_certificates],
        "ossTrustBundles and ossAllowLists together": [
            *(f"{entry.bucket}/{entry.key}" for entry in switches.oss_trust_bundles),
            *(f"{entry.bucket}/{entry.key}" for entry in switches.oss_allow_lists),
        ],
    }
    for key, names in named.items():
        for name in names:
            if names.count(name) > 1:
                yield key, name
