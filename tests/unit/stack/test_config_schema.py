"""The JSON Schema of the stack's config accepts what the program and the gate accept, and refuses what they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.accounts import ACCOUNT_KEYS, accounts_in
from alicloud_device_certificates.contract.config import CONFIG_KEYS
from alicloud_device_certificates.gate.errors import RulesError
from alicloud_device_certificates.gate.rules.rules import rules_of
from alicloud_device_certificates.stack.config_schema import config_schema
from alicloud_device_certificates.stack.entries import KINDS_IN_CONFIG, entry_faults, entry_keys

CHECKOUT = Path(__file__).parents[3]
SCHEMA = config_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def accepts(config: Any) -> bool:
    return bool(VALIDATOR.is_valid({"config": config, "encryptionsalt": "v1:..."}))


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]["config"]["properties"]) == {key.full_name for key in CONFIG_KEYS}


def test_it_accepts_the_configs_of_the_repository_and_of_its_docs() -> None:
    assert VALIDATOR.is_valid(yaml.safe_load((CHECKOUT / "Pulumi.dev.yaml").read_text()))
    pages = [*(CHECKOUT / "docs").rglob("*.md"), CHECKOUT / "README.md"]
    blocks = [
        block
        for page in pages
        for block in re.findall(r"^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        if "device-certificates:" in block
    ]
    assert len(blocks) > 2
    for block in blocks:
        VALIDATOR.validate(yaml.safe_load(block))


@pytest.mark.parametrize(
    "config",
    [
        {"device-certificates:certificats": []},
        {"device-certificates:emulator": "yes"},
        {"device-certificates:certificates": []},
        {"device-certificates:gate": {"failwithin": "7d"}},
        {"device-certificates:gate": {"failOn": ["rotatted"]}},
        {"device-certificates:gate": {"rules": [{"failWithin": "7d"}]}},
    ],
)
def test_it_refuses_what_means_nothing(config: Any) -> None:
    assert not accepts(config)


ACCOUNT_VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(["a", "", None, 7, True, 1.5]), st.lists(st.just({})), st.just({"a": "b"})
)


@given(st.dictionaries(st.sampled_from([*ACCOUNT_KEYS, "acessKey"]), ACCOUNT_VALUES))
def test_an_account_is_refused_by_both_or_by_none(account: dict[str, Any]) -> None:
    try:
        accounts_in(json.dumps({"factory-b": account}))
    except SettingsError:
        assert not accepts({"device-certificates:accounts": {"factory-b": account}})
    else:
        # What a value of an object or a list may be is checked when it is read.
        structured = {"assumeRole", "assumeRoleWithOidc", "endpoints"}
        if not any(isinstance(account.get(key), int | float) for key in structured):
            assert accepts({"device-certificates:accounts": {"factory-b": account}})


def test_an_account_may_be_encrypted_as_a_whole_or_in_part() -> None:
    secret = {"secure": "v1:..."}
    for accounts in (secret, {"b": {"accessKey": "k", "secretKey": secret, "assumeRole": {"externalId": secret}}}):
        assert accepts({"device-certificates:accounts": accounts})
    assert not accepts({"device-certificates:accounts": {"b": {"secretKey": {"secret": "x"}}}})


def test_keys_of_others_are_left_alone() -> None:
    assert accepts({"alicloud:region": "cn-hangzhou", "mine:device-certificates": [1], "other:x": None})


KEYS = sorted({key for kind in KINDS_IN_CONFIG.values() for keys in entry_keys(kind) for key in keys})
VALUES = st.one_of(st.sampled_from(["a", "", "warn", "off", True, False, 3562, 5127e016, None]), st.lists(st.just(1)))
ENTRIES = st.builds(
    lambda service, others: {"service": service, **others},
    st.sampled_from([*KINDS_IN_CONFIG, "kafka"]),
    st.dictionaries(st.sampled_from([key for key in KEYS if key != "service"] + ["devicesn"]), VALUES),
)


@given(ENTRIES)
def test_an_entry_is_refused_by_both_or_by_none(entry: dict[str, Any]) -> None:
    # The data source itself checks what a text may hold, with better words.
    if "" not in entry.values() or entry.get("name") == "":
        assert accepts({"device-certificates:certificates": [entry]}) == (
            not list(entry_faults(entry, KINDS_IN_CONFIG))
        )


@given(
    st.dictionaries(st.sampled_from(["failOn", "allow", "rules", "failon"]), st.lists(st.sampled_from(["new", "x"])))
)
def test_a_gate_that_the_schema_accepts_is_one_that_the_gate_can_read(gate: dict[str, Any]) -> None:
    try:
        rules_of(gate)
    except RulesError as error:
        assert not accepts({"device-certificates:gate": gate}) or "is set twice" in str(error)
    else:
        assert accepts({"device-certificates:gate": gate})
