"""The examples of docs/data-sources/, run as they are, and what the pages promise."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.conftest import RunProgram
from tests.unit.reading.fleet.fleets import Fleets, account
from tools.docs.inputs import DataSourceKind, inputs
from tools.docs.kind_examples import example_id, variable_name
from tools.docs.operations import fleet_operations
from tools.docs.pages.fleet_data_sources import list_calls

import alicloud_device_certificates as package
from alicloud_device_certificates import configured_certificates
from alicloud_device_certificates.contract.fleets import FLEETS, FleetKind
from alicloud_device_certificates.contract.ids import parse_fleet_id, parse_id
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.resources.fleet_arguments import Select
from alicloud_device_certificates.stack.entries import FLEETS_IN_CONFIG, KINDS_IN_CONFIG, camel_case, entry_keys

CHECKOUT = Path(__file__).parents[3]
BUILT_IN = (Path(package.__file__).parent / "emulator" / "scenario" / "default_scenario.yaml").read_text("utf-8")
FOLDER = CHECKOUT / "docs" / "data-sources"
ALL: tuple[DataSourceKind, ...] = (*KINDS.values(), *FLEETS.values())
PAGES = {kind: (FOLDER / f"{kind.page}.md").read_text(encoding="utf-8") for kind in ALL}
each_kind = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.key) for kind in KINDS.values()])
each_fleet = pytest.mark.parametrize("fleet", [pytest.param(fleet, id=fleet.key) for fleet in FLEETS.values()])
each_data_source = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.key) for kind in ALL])


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


@each_data_source
def test_the_program_reads_what_the_page_names(run_program: RunProgram, kind: DataSourceKind) -> None:
    (code,) = blocks(PAGES[kind], "python")
    program = compile(code, kind.page, "exec")
    engine = run_program(
        lambda: exec(program, {}),
        config={"alicloud:region": "cn-hangzhou"},
        outputs={"certificates": {}, "summary": {"earliest_expiry": "2027-10-24T00:19:25Z"}},
    )
    (read,) = engine.reads
    assert read.typ == kind.type_token
    assert f"\n`{read.resource_id}`.\n" in PAGES[kind]
    if isinstance(kind, FleetKind):
        assert parse_fleet_id(read.resource_id or "").fleet is kind
        assert set(engine.exports) == {"next_expiry", "schema_version", "certificates", "summaries"}
    else:
        assert parse_id(read.resource_id or "").kind is kind
        assert set(engine.exports) == {"expires", "schema_version", "certificates"}


INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
SERVICES: dict[str, Mapping[str, DataSourceKind]] = {
    "device-certificates:certificates": KINDS_IN_CONFIG,
    "device-certificates:fleets": FLEETS_IN_CONFIG,
}


@pytest.mark.parametrize("page", [*(page for kind, page in PAGES.items() if kind.config_options is not None), INDEX])
def test_the_config_makes_the_same_data_sources(run_program: RunProgram, page: str) -> None:
    found = blocks(page, "yaml")
    assert len(found) == (2 if page == INDEX else 1)
    config: dict[str, Any] = {}
    for block in found:
        config |= yaml.safe_load(block)["config"]
    types = {
        entry["name"]: services[entry["service"]].type_token
        for key, services in SERVICES.items()
        for entry in config.get(key, ())
    }
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    engine = run_program(configured_certificates, config=texts, outputs={"certificates": {}, "summary": {}})
    # Reads run in parallel, so their order is not that of the entries.
    assert {read.name: read.typ for read in engine.reads} == types
    assert len(engine.reads) == sum(block.count("- name: ") for block in found)


@each_fleet
def test_the_class_of_a_fleet_and_its_entry_agree(fleet: FleetKind) -> None:
    signature = inspect.signature(getattr(package, fleet.class_name))
    parameters = [name for name in signature.parameters if name not in ("name", "opts")]
    assert [each.name for each in inputs(fleet)] == [*parameters, "opts"]
    rows = PAGES[fleet].partition("\n## Inputs\n")[2].partition("\n## ")[0].partition("\n### ")[0]
    assert re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE) == [*parameters, "opts"]
    required = {name for name, parameter in signature.parameters.items() if parameter.default is parameter.empty}
    assert required - {"name"} == set(fleet.config_required) == set(fleet.example)
    free = set(parameters) - set(fleet.config_required) - ({"region"} if fleet.kind.only_region else set())
    assert set(fleet.config_options) == free
    assert set().union(*entry_keys(fleet)) == {"name", "service", *map(camel_case, {*free, *fleet.config_required})}


@each_fleet
def test_the_page_of_a_fleet_has_its_outputs_and_summary(tmp_path: Path, fleet: FleetKind) -> None:
    keys = {"include_private_keys": True} if fleet.member == "iot" else {}
    found = Fleets(tmp_path, BUILT_IN).read(example_id(fleet), allow_pending=True, **keys)
    section = PAGES[fleet].partition("\n## Outputs\n")[2].partition("\n## ")[0]
    outputs, _, summary = section.partition("`summary` has these fields")
    arguments = {each.name for each in inputs(fleet)}
    assert re.findall(r"^\| `(\w+)` \|", outputs, re.MULTILINE) == [
        *("certificates", "summary", "errors", "warnings"),
        *(("private_keys",) if keys else ()),
    ]
    assert set(re.findall(r"^\| `(\w+)` \|", outputs, re.MULTILINE)) == found.keys() - arguments
    assert set(re.findall(r"^\| `(\w+)` \|", summary, re.MULTILINE)) == found["summary"].keys()
    assert f"`{variable_name(fleet)}/<{fleet.key_part}>`" in outputs


@each_fleet
def test_the_conditions_and_the_fields_that_stay_are_on_the_page(tmp_path: Path, fleet: FleetKind) -> None:
    page = PAGES[fleet]
    section = page.partition("\n### select\n")[2].partition("\n### ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(Select.__annotations__)
    kept = page.partition("\n### fields\n")[2].partition("\n## ")[0].partition("if the certificate has them:")[2]
    found = Fleets(tmp_path, BUILT_IN).read(example_id(fleet), fields=["subject"], allow_pending=True)
    names = set().union(*found["certificates"].values()) - {"subject"}
    assert names == set(re.findall(r"`(\w+)`", kept))


CALLED: list[tuple[str, dict[str, Any]]] = [
    ("mqtt-fleet/cn-hangzhou/post-1/-", {}),
    ("mqtt-fleet/cn-hangzhou/post-1/00f2", {"include_chain": True}),
    ("mqtt-fleet/cn-hangzhou/post-1/00f2", {"device_sns": ["0a01"]}),
    ("mqtt-fleet/cn-hangzhou/post-1/-", {"device_sns": ["0a01", "0a02"]}),
    ("mqtt-ca-fleet/cn-hangzhou/post-1", {}),
    ("iot-fleet/cn-shanghai/-/a1B", {"device_names": ["lamp"]}),
    ("iot-fleet/cn-shanghai/-/a1B", {}),
]
TWO_OF_EACH = account(
    mqtt='[{id: post-1, cas: [{sn: 00f2, devices: [{sn: "0a01"}, {sn: "0a02"}]}]}]',
    iot="[{product_key: a1B, devices: [{name: lamp, key: ec-p256}, {name: door, key: ec-p256}]}]",
)


def test_the_operations_on_the_pages_are_those_that_reads_call(tmp_path: Path) -> None:
    cloud = Fleets(tmp_path, TWO_OF_EACH)
    called: dict[str, set[str]] = {}
    for id_, props in CALLED:
        cloud.read(id_, **props)
        called.setdefault(id_.partition("/")[0], set()).update(cloud.calls)
    for fleet in FLEETS.values():
        section = PAGES[fleet].partition("\n## Operations and permissions\n")[2].partition("\n## ")[0]
        named = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
        assert named == set(fleet.calls) == called[fleet.key]
        for operation, call in fleet_operations(fleet):
            assert operation.name in fleet.calls
            assert call.when in section
            assert all(f"`{permission}`" in section for permission in operation.permissions)


@pytest.mark.parametrize("count", [100, 1000])
def test_a_list_takes_the_calls_that_the_pages_show(tmp_path: Path, count: int) -> None:
    cloud = Fleets(
        tmp_path,
        account(
            mqtt=f"[{{id: post-1, cas: [{{sn: 00f2, synthetic: {{devices: {count}}}}}]}}]",
            iot=f"[{{product_key: a1B, synthetic: {{devices: {count}, prefix: meter-}}}}]",
        ),
    )
    cloud.read("mqtt-fleet/cn-hangzhou/post-1/-", fields="summary")
    assert cloud.calls == {"ListDeviceCertificate": list_calls(FLEETS["mqtt-fleet"], count)}
    assert f"\n| {count:,} | {list_calls(FLEETS['mqtt-fleet'], count)} |\n" in PAGES[FLEETS["mqtt-fleet"]]
    cloud.read("iot-fleet/cn-shanghai/-/a1B", fields="summary")
    calls = list_calls(FLEETS["iot-fleet"], count)
    assert cloud.calls == {"QueryDevice": calls, "QueryDeviceCert": count}
    assert f"\n| {count:,} | {calls} | {calls + count:,} |\n" in PAGES[FLEETS["iot-fleet"]]


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
        codes = kind.kind.warnings if isinstance(kind, FleetKind) else kind.warnings
        assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == codes


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda path: path.name)
def test_each_link_leads_to_a_page(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert {target for target in targets if not (page.parent / target).is_file()} == set()


@each_data_source
def test_the_link_to_the_service_s_error_codes_leads_to_their_heading(kind: DataSourceKind) -> None:
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
