"""What is written of the outputs is what the code has, and the examples are what it reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
from tests.unit.conftest import RunProgram
from tests.unit.reading.fleet.fleets import Fleets, account
from tools.docs.__main__ import CHECKOUT
from tools.docs.blocks import fill
from tools.docs.pages import Render, written
from tools.docs.pages.outputs import RESOURCE_OUTPUTS
from tools.docs.stack_outputs import STACK_OUTPUTS

from alicloud_device_certificates import IotDeviceCertificate, MqttDeviceCertificates, export_certificates
from alicloud_device_certificates.certificate import Certificate, read_certificate
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.summaries import SUMMARY_FIELDS

# The certificate of `gateway-01` and its CA's, as the emulator issued them.
CHAIN = Path(__file__).parents[1] / "vectors" / "outputs" / "gateway-01-chain.pem"
EXAMPLES = {field.name: field.example for field in FIELDS}
PEMS = {name: str(example) for name, example in EXAMPLES.items() if name.endswith("_pem")}


@pytest.mark.parametrize(
    ("path", "render"), [pytest.param(path, render, id=str(path)) for path, render in sorted(written().items())]
)
def test_what_is_written_is_current(path: Path, render: Render) -> None:
    today = (CHECKOUT / path).read_text(encoding="utf-8")
    assert today == render(today), "run `make docs`"


PAGE = """# A page

<!-- begin kinds: make docs -->
old
<!-- end kinds -->
By hand.
  # begin options: make docs
  # end options
"""


def test_a_block_is_filled_where_it_stands_and_the_rest_is_left() -> None:
    filled = fill(PAGE, {"kinds": "| a |\n", "options": "one:\n\n  two"})
    assert filled == PAGE.replace("old", "| a |").replace("docs\n  # end", "docs\n  one:\n\n    two\n  # end")
    assert fill(filled, {"kinds": "| a |", "options": "one:\n\n  two"}) == filled


def test_the_blocks_of_another_command_stay_as_they_are() -> None:
    page = "<!-- begin figures: make scale figures -->\n| 1 s |\n<!-- end figures -->\n"
    assert fill(page, {}) == page
    assert "| 2 s |" in fill(page, {"figures": "| 2 s |"}, "make scale figures")


@pytest.mark.parametrize(
    ("page", "blocks", "fault"),
    [
        (PAGE, {"kinds": ""}, "nothing generates the block 'options'"),
        (PAGE, {"kinds": "", "options": "", "more": ""}, "and \\['kinds', 'more', 'options'\\] are generated"),
        (PAGE.replace("<!-- end kinds -->", ""), {"kinds": "", "options": ""}, "the line 'end kinds' is missing"),
    ],
)
def test_a_block_that_cannot_be_filled_is_an_error(page: str, blocks: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        fill(page, blocks)


def test_every_field_is_on_the_page() -> None:
    page = (CHECKOUT / "docs" / "outputs.md").read_text(encoding="utf-8")
    assert [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")] == [
        *("schema_version", "certificates", "private_keys", "summaries"),
        *EXAMPLES,
        *SUMMARY_FIELDS,
        *("warnings", "private_key_pem"),
    ]


def test_the_examples_are_what_is_read_from_the_certificate_that_they_are_of() -> None:
    certificate = read_certificate(CHAIN.read_text(encoding="utf-8"))
    read = {name: getattr(certificate, name) for name in EXAMPLES if name in Certificate.__slots__ and name not in PEMS}
    assert len(read) >= 14
    assert {name: EXAMPLES[name] for name in read} == {
        **read,
        "subject_alternative_names": tuple(read["subject_alternative_names"]),
    }
    whole = {
        "certificate_pem": certificate.certificate_pem,
        "ca_certificate_pem": certificate.chain[0],
        "certificate_chain_pem": certificate.certificate_pem + certificate.chain[0],
    }
    assert whole.keys() == PEMS.keys()
    for name, text in whole.items():
        assert text.startswith(PEMS[name].removesuffix("..."))


def test_each_example_is_of_its_fields_type() -> None:
    types: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "list of strings": tuple}
    assert {field.name: type(field.example) for field in FIELDS} == {field.name: types[field.type] for field in FIELDS}


def test_the_stack_outputs_on_the_page_are_the_ones_that_are_exported(run_program: RunProgram) -> None:
    def program() -> None:
        light = IotDeviceCertificate("light", product_key="a1B", device_name="light", include_private_key=True)
        export_certificates({"light": light, "line": MqttDeviceCertificates("line", mqtt_instance_id="post-1")})

    outputs: dict[str, Any] = {"private_key_pem": "a key", "certificates": {}, "summary": {}}
    engine = run_program(program, outputs=outputs, config={"alicloud:region": "cn-hangzhou"})
    assert engine.exports.keys() == {output.name for output in STACK_OUTPUTS}
    assert {output.name for output in STACK_OUTPUTS if output.may_be_absent} == {"private_keys", "summaries"}


ONE_DEVICE = """
      - id: post-cn-emulator01
        cas:
          - sn: "00f26900ba87"
            devices: [{sn: "356217374433aa01", name: gateway-01}]
"""


def test_the_fleet_in_the_example_has_what_a_read_returns(tmp_path: Path) -> None:
    found = Fleets(tmp_path, account(mqtt=ONE_DEVICE)).read(
        "mqtt-fleet/cn-hangzhou/post-cn-emulator01/-", fields=["subject"]
    )
    page = (CHECKOUT / "docs" / "outputs.md").read_text(encoding="utf-8")
    *_, example = (json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    ((name, certificate),) = example["certificates"].items()
    ((key, read),) = found["certificates"].items()
    assert name == f"line/{key}"
    assert certificate.keys() == read.keys()
    constant = ("subject", "status", "device_sn", "device_name", "ca_sn", "serial_number", "serial_number_hex")
    assert {each: certificate[each] for each in constant} == {each: read[each] for each in constant}
    summary = example["summaries"]["line"]
    assert summary.keys() == found["summary"].keys() == SUMMARY_FIELDS.keys()
    assert summary["by_ca"] == found["summary"]["by_ca"]


def test_the_other_outputs_on_the_page_are_attributes_of_a_data_source(run_program: RunProgram) -> None:
    found: dict[str, object] = {}

    def program() -> None:
        light = IotDeviceCertificate("light", product_key="a1B", device_name="light")
        found.update({row[0]: getattr(light, row[0].strip("`")) for row in RESOURCE_OUTPUTS})

    run_program(program)
    assert all(isinstance(output, pulumi.Output) for output in found.values())
