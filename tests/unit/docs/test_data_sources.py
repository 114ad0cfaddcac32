"""The examples of docs/data-sources/, run as they are, and what the pages promise."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest
import yaml
from tests.unit.conftest import RunProgram
from tools.docs.inputs import inputs

import alicloud_device_certificates as package
from alicloud_device_certificates import configured_certificates
from alicloud_device_certificates.contract.ids import parse_id
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.stack.entries import camel_case, entry_keys

CHECKOUT = Path(__file__).parents[3]
FOLDER = CHECKOUT / "docs" / "data-sources"
PAGES = {kind: (FOLDER / f"{kind.page}.md").read_text(encoding="utf-8") for kind in KINDS.values()}
each_kind = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.key) for kind in KINDS.values()])


def block(page: str, language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return str(text)


@each_kind
def test_the_program_reads_the_certificate_that_the_page_names(run_program: RunProgram, kind: CertificateKind) -> None:
    program = compile(block(PAGES[kind], "python"), kind.page, "exec")
    engine = run_program(lambda: exec(program, {}), config={"alicloud:region": "cn-hangzhou"})
    (read,) = engine.reads
    assert read.typ == kind.type_token
    assert f"\n`{read.resource_id}`.\n" in PAGES[kind]
    assert parse_id(read.resource_id or "").kind is kind
    assert set(engine.exports) == {"expires", "schema_version", "certificates"}


INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [*(page for kind, page in PAGES.items() if kind.config_options is not None), INDEX])
def test_the_config_makes_the_same_data_sources(run_program: RunProgram, page: str) -> None:
    config = yaml.safe_load(block(page, "yaml"))["config"]
    entries = config["device-certificates:certificates"]
    texts = {**config, "device-certificates:certificates": json.dumps(entries)}
    engine = run_program(configured_certificates, config=texts)
    assert len(engine.reads) == len(entries)
    # Reads run in parallel, so their order is not that of the entries.
    assert {read.name: read.typ for read in engine.reads} == {
        entry["name"]: KINDS[entry["service"]].type_token for entry in entries
    }


@each_kind
def test_the_class_and_its_entry_agree(kind: CertificateKind) -> None:
    signature = inspect.signature(getattr(package, kind.class_name))
    parameters = [name for name in signature.parameters if name not in ("name", "opts")]
    assert [each.name for each in inputs(kind)] == [*parameters, "opts"]
    assert set(kind.id_parts) <= set(parameters)
    required = {name for name, parameter in signature.parameters.items() if parameter.default is parameter.empty}
    assert required - {"name"} == set(kind.config_required) == set(kind.example)
    if kind.config_options is not None:
        # A region that cannot be chosen is no key of the config.
        free = set(parameters) - set(kind.config_required) - ({"region"} if kind.only_region else set())
        assert set(kind.config_options) == free
        assert set().union(*entry_keys(kind)) == {"name", "service", *map(camel_case, {*free, *kind.config_required})}


def test_each_warning_is_one_of_some_kind_and_has_a_row() -> None:
    assert set().union(*(kind.warnings for kind in KINDS.values())) == set(WarningCode)
    page = (FOLDER.parent / "warnings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == [code.value for code in WarningCode]
    for kind, text in PAGES.items():
        section = text.partition("\n## Warnings\n")[2].partition("\n## ")[0]
        assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == kind.warnings


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_each_link_leads_to_a_page(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert {target for target in targets if not (page.parent / target).is_file()} == set()


@each_kind
def test_the_link_to_the_service_s_error_codes_leads_to_their_heading(kind: CertificateKind) -> None:
    (anchor,) = re.findall(r"\(\.\./errors\.md#(error-codes-of-[^)]+)\)", PAGES[kind])
    headings = re.findall(r"^## (.+)$", (FOLDER.parent / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_every_sn_in_yaml_is_quoted_because_some_look_like_numbers() -> None:
    pages = [*(CHECKOUT / "docs").rglob("*.md"), CHECKOUT / "README.md", CHECKOUT / "Pulumi.dev.yaml"]
    unquoted = [
        f"{page.name}: {line}"
        for page in pages
        for line in page.read_text(encoding="utf-8").splitlines()
        if re.match(r"\s*(- )?(caSn|deviceSn): [^\"]", line)
    ]
    assert unquoted == []
