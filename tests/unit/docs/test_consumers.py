"""The programs in docs/consumers.md, as far as they can be checked without the engine."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

import alicloud_device_certificates as package
from alicloud_device_certificates import DeviceCertificatesReference, ReferencedFleet
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.summaries import SUMMARY_FIELDS
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION

CHECKOUT = Path(__file__).parents[3]
PAGE = (CHECKOUT / "docs" / "consumers.md").read_text(encoding="utf-8")
FIELD_NAMES = {field.name for field in FIELDS}


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def test_the_yaml_program_asks_for_outputs_that_exist_of_a_stack_that_it_declares() -> None:
    program = yaml.safe_load(block("yaml"))
    assert program["runtime"] == "yaml"
    (reference,) = program["resources"].values()
    assert reference["type"] == "pulumi:pulumi:StackReference"
    assert "$" not in reference["properties"]["name"]
    paths = []
    for expression in program["outputs"].values():
        match = re.fullmatch(r"\$\{(\w+)\.outputs((?:\[\"[^\"]+\"\])+)\}", expression)
        assert match is not None, expression
        assert match[1] in program["resources"]
        paths.append(re.findall(r'"([^"]+)"', match[2]))
    assert [path for path in paths if path[0] != "certificates"] == [
        ["schema_version"],
        ["private_keys", "light-01"],
        ["summaries", "line", "earliest_expiry"],
    ]
    assert "earliest_expiry" in SUMMARY_FIELDS
    assert {path[2] for path in paths if path[0] == "certificates"} <= FIELD_NAMES


def test_the_go_program_asks_for_outputs_that_exist() -> None:
    program = block("go")
    assert set(re.findall(r'text\(certificates, "[^"]+", "([^"]+)"\)', program)) == {"not_after", "certificate_pem"}
    assert {"not_after", "certificate_pem"} <= FIELD_NAMES
    assert set(re.findall(r'GetOutput(?:Details)?\((?:pulumi\.String\()?"(\w+)"', program)) == {
        "schema_version",
        "certificates",
        "private_keys",
        "summaries",
    }
    assert f"version.Value != {SCHEMA_VERSION}.0" in program


@pytest.mark.skipif(shutil.which("gofmt") is None, reason="needs gofmt")
def test_the_go_program_is_formatted_go() -> None:
    program = block("go")
    formatted = subprocess.run(["gofmt", "-e"], input=program, capture_output=True, text=True, check=True).stdout
    assert formatted == program


def test_the_python_program_uses_public_names_and_fields_that_exist() -> None:
    program = ast.parse(block("python"))
    imported = [name.name for node in program.body if isinstance(node, ast.ImportFrom) for name in node.names]
    assert imported
    assert set(imported) <= set(package.__all__)
    attributes = {node.attr for node in ast.walk(program) if isinstance(node, ast.Attribute)}
    members = {name for of in (DeviceCertificatesReference, ReferencedFleet) for name in vars(of)}
    assert attributes - {"export", "summary"} - members <= FIELD_NAMES
    assert {"certificate", "private_key", "fleet", "fingerprint_allow_list", "trust_bundle"} <= attributes & members


def test_each_member_on_the_page_is_one_of_a_reference() -> None:
    rows = re.findall(r"^\| (`.+`) \| .+ \|$", PAGE.partition("## Python")[2].partition("## ")[0], re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    assert named == {name for name in vars(DeviceCertificatesReference) if not name.startswith("_")}


def test_each_module_on_the_page_is_one_of_the_example() -> None:
    modules = set(re.findall(r"^\| `(\w+\.ts)`", PAGE, re.MULTILINE))
    folder = CHECKOUT / "examples" / "typescript"
    assert modules == {path.name for path in folder.glob("*.ts")} - {"index.ts"}
