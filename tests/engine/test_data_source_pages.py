"""The examples of docs/data-sources/, under the real engine and on the embedded emulator."""

from __future__ import annotations

import re
from pathlib import Path

from tests.engine.conftest import MakeProject
from tools.docs.inputs import DataSourceKind

from alicloud_device_certificates.contract.fleets import FLEETS
from alicloud_device_certificates.contract.kinds import KINDS

FOLDER = Path(__file__).parents[2] / "docs" / "data-sources"
EMULATED = {"alicloud:region": "cn-hangzhou", "device-certificates:emulator": True}


def test_one_preview_reads_what_each_example_reads(make_project: MakeProject) -> None:
    kinds: list[DataSourceKind] = [*KINDS.values(), *FLEETS.values()]
    pages = {kind.type_token: (FOLDER / f"{kind.page}.md").read_text(encoding="utf-8") for kind in kinds}
    programs = [code for page in pages.values() for code in re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)]
    assert len(programs) == len(pages)

    def program() -> None:
        for number, code in enumerate(programs):
            # Each is a program of its own on its page; in one program, their names must differ.
            exec(re.sub('"(device|ca)(s?)"', rf'"\1\2-{number}"', code), {})

    run = make_project(program, config=EMULATED).preview()
    assert run.error is None, run.text
    steps = [event.res_outputs_event.metadata for event in run.events if event.res_outputs_event is not None]
    read = {step.type: step.new for step in steps if str(step.op.value) == "read"}
    assert read.keys() == pages.keys()
    for type_token, state in read.items():
        assert f"\n`{state.id}`.\n" in pages[type_token]
        if "certificate" in state.outputs:
            assert state.outputs["certificate"]["not_after"].endswith("Z")
            assert state.outputs["warnings"] == []
        else:
            assert state.outputs["summary"]["count"] == len(state.outputs["certificates"]) > 0
            assert state.outputs["errors"] == {}
            assert run.outputs["next_expiry"].endswith("Z")
