"""A missing extra is one line that names the command to run."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module, metadata

import pytest

from alicloud_device_certificates.contract.distribution import DISTRIBUTION
from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.extras import EXTRAS, MissingExtraError, required_extra


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_missing_extra_is_one_line_with_the_command(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, EXTRAS[extra], None)
    with pytest.raises(MissingExtraError) as raised, required_extra(extra):
        import_module(EXTRAS[extra])
    assert str(raised.value) == (
        f"{EXTRAS[extra]} is not installed: run pip install 'pulumi-alicloud-device-certificates[{extra}]'"
    )
    assert isinstance(raised.value, UserFacingError)


def test_another_missing_module_is_not_blamed_on_the_extra() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"), required_extra("policy"):
        import_module("no_such_module")


def test_the_extras_are_those_of_the_distribution() -> None:
    assert set(metadata.metadata(DISTRIBUTION).get_all("Provides-Extra") or []) - {"dev"} == set(EXTRAS)


def test_the_policies_without_their_extra_show_the_line() -> None:
    program = "import sys; sys.modules['pulumi_policy'] = None; import alicloud_device_certificates.policy"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        "alicloud_device_certificates.contract.extras.MissingExtraError: "
        "pulumi_policy is not installed: run pip install 'pulumi-alicloud-device-certificates[policy]'"
    )


def test_the_policy_pack_without_its_extra_prints_only_the_line() -> None:
    program = "import runpy, sys; sys.modules['pulumi_policy'] = None; runpy.run_path('policies', run_name='__main__')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (
        1,
        "error: pulumi_policy is not installed: run pip install 'pulumi-alicloud-device-certificates[policy]'\n",
    )


def test_the_deployment_without_its_extra_raises_the_line_as_an_error_of_the_program() -> None:
    program = "import sys; sys.modules['pulumi_alicloud'] = None; import runpy; runpy.run_path('stacks/deployment')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        "pulumi.errors.RunError: "
        "pulumi_alicloud is not installed: run pip install 'pulumi-alicloud-device-certificates[alicloud]'"
    )
