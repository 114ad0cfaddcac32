"""The config of stacks/deployment: what each key takes, and the one line for anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pulumi
import pytest
import yaml
from config import DeploymentConfig, OssAllowList, OssTrustBundle, SlbCaCertificate, read_config

DOCS = (Path(__file__).parents[3] / "docs" / "deployment.md").read_text(encoding="utf-8")
Configured = Callable[..., DeploymentConfig]
PROJECT = "device-certificates-deployment"
KMS = {"name": "lights/one", "certificate": "light-01"}
SLB = {"name": "devices", "certificates": ["gateway-01"]}
CAS = {"name": "light", "certificate": "light-01"}
LIST = {"bucket": "fleet", "key": "allowed"}
UNUSABLE: dict[str, tuple[dict[str, Any], str]] = {
    "no producer": ({"producer": None}, " Object missing required field `producer`"),
    "an empty producer": ({"producer": ""}, "producer: Expected `str` of length >= 1"),
    "a misspelt key": (
        {"kmsSecret": [KMS]},
        "kmsSecret is not a key of a deployment; its keys are casServiceCertificates, kmsSecrets, oosSecretParameters, "
        "ossAllowLists, ossTrustBundles, producer, slbCaCertificates",
    ),
    "no list": ({"kmsSecrets": KMS}, "kmsSecrets: Expected `array`, got `object`"),
    "a key that is missing": ({"kmsSecrets": [{"name": "a"}]}, "kmsSecrets[0]: Object missing required field"),
    "a key that is unknown": ({"kmsSecrets": [{**KMS, "kmsKey": "1"}]}, "kmsSecrets[0]: Object contains unknown field"),
    "no certificates": ({"slbCaCertificates": [{**SLB, "certificates": []}]}, "slbCaCertificates[0].certificates: Exp"),
    "no certificates and no fleets": (
        {"slbCaCertificates": [{"name": "devices"}]},
        "slbCaCertificates[0]: Object needs `certificates` or `fleets`, or both",
    ),
    "no fleets": ({"ossAllowLists": [{**LIST, "fleets": []}]}, "ossAllowLists[0].fleets: Expected `array` of length"),
    "a fleet alone": (
        {"ossTrustBundles": [{**LIST, "fleets": "line"}]},
        "ossTrustBundles[0].fleets: Expected `array | null`, got `str`",
    ),
    "a bundle of nothing": ({"ossTrustBundles": [LIST]}, "ossTrustBundles[0]: Object needs `certificates` or `fleets`"),
    "a name too long for the fingerprint": (
        {"casServiceCertificates": [{**CAS, "name": "n" * 48}]},
        "casServiceCertificates[0].name: Expected `str` matching",
    ),
    "a name twice": ({"kmsSecrets": [KMS, KMS]}, "kmsSecrets has a duplicate: lights/one"),
    "an object twice": (
        {"ossAllowLists": [LIST], "ossTrustBundles": [{**LIST, "certificates": ["gateway-01"]}]},
        "ossTrustBundles and ossAllowLists together has a duplicate: fleet/allowed",
    ),
}


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Configured:
    """Read the config of a deployment from its values."""

    def configure(**values: Any) -> DeploymentConfig:
        given = {"producer": "device-certificates/dev", **values}
        texts = {
            f"{PROJECT}:{key}": value if isinstance(value, str) else json.dumps(value)
            for key, value in given.items()
            if value is not None
        }
        monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"alicloud:region": "cn-hangzhou", **texts}))
        return read_config(pulumi.Config(PROJECT))

    return configure


def test_nothing_is_published_by_default(configured: Configured) -> None:
    assert configured() == DeploymentConfig(producer="device-certificates/dev")
    assert configured(kmsSecrets=[]) == DeploymentConfig(producer="device-certificates/dev")


def test_an_allow_list_names_all_certificates_by_naming_none_and_a_bundle_names_each(configured: Configured) -> None:
    bundle: dict[str, Any] = {"bucket": "fleet", "key": "devices.pem", "certificates": ["gateway-01"]}
    config = configured(ossAllowLists=[LIST], ossTrustBundles=[bundle])
    assert config.oss_allow_lists == [OssAllowList(bucket="fleet", key="allowed", certificates=None)]
    assert config.oss_trust_bundles == [OssTrustBundle(**bundle)]


def test_fleets_are_named_beside_certificates_or_alone(configured: Configured) -> None:
    config = configured(
        slbCaCertificates=[{"name": "devices", "fleets": ["cas"]}],
        ossAllowLists=[{**LIST, "fleets": ["line", "lights"], "certificates": ["gateway-01"]}],
    )
    assert config.slb_ca_certificates == [SlbCaCertificate(name="devices", fleets=["cas"])]
    (allow_list,) = config.oss_allow_lists
    assert (allow_list.certificates, allow_list.fleets) == (["gateway-01"], ["line", "lights"])


@pytest.mark.parametrize(("config", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_config_that_cannot_be_used_is_one_line_that_names_the_key(
    configured: Configured, config: dict[str, Any], message: str
) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        configured(**config)
    assert str(raised.value).startswith(f"{PROJECT}:{message}")
    assert "\n" not in str(raised.value)


def test_the_docs_show_every_key_with_the_keys_of_its_entries(configured: Configured) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", DOCS, re.DOTALL | re.MULTILINE)
    prefix = f"{PROJECT}:"
    given = {
        key.removeprefix(prefix): value
        for key, value in yaml.safe_load(example)["config"].items()
        if key.startswith(prefix)
    }
    config = configured(**given)
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", DOCS.partition("## Rotation")[0], re.MULTILINE))
    for field in msgspec.structs.fields(DeploymentConfig):
        if field.name != "producer":
            (entry,) = getattr(config, field.name)
            keys = {each.encode_name: "" if each.required else "?" for each in msgspec.structs.fields(type(entry))}
            assert dict(re.findall(r"`(\w+)`(\??)", rows.pop(field.encode_name))) == keys
    assert not rows
