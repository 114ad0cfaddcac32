"""docs/errors.md has every error code and every error."""

from __future__ import annotations

import pkgutil
import re
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

import pulumi
import pytest

import alicloud_device_certificates as package
from alicloud_device_certificates.cloud.codes import ERROR_CLASSES
from alicloud_device_certificates.cloud.errors import CloudError, ResponseError
from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.emulator.errors import EmulatorError
from alicloud_device_certificates.emulator.services.error_codes import ErrorCode
from alicloud_device_certificates.gate.errors import GateError

PAGE = (Path(__file__).parents[3] / "docs" / "errors.md").read_text(encoding="utf-8")
ROWS = set(re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE))
ROOTS = {UserFacingError, CloudError, ResponseError, GateError, EmulatorError}


def every_error() -> set[type[Exception]]:
    """Return the errors of the package whose text is written for people."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    found: list[type[Exception]] = [UserFacingError, pulumi.RunError]
    for error in found:  # grows during the loop
        found += [each for each in error.__subclasses__() if each not in found]
    return {error for error in found if error.__module__.startswith(f"{package.__name__}.")}


def test_every_error_has_a_row() -> None:
    assert {error.__name__ for error in every_error() - ROOTS} - ROWS == set()


def test_every_code_has_a_row_with_a_cause_and_a_fix() -> None:
    assert set(ERROR_CLASSES) - ROWS == set()
    for line in PAGE.splitlines():
        if line.startswith("| `"):
            assert all(cell.strip() for cell in line.strip("|").split(" | ")), line


# The emulator's codes for requests that the client never sends, and for a fault of the emulator itself.
UNREACHABLE = {
    "EmulatorFault",
    "EmulatorUnusable",
    "InvalidAction.NotFound",
    "InvalidSignatureMethod",
    "InvalidSignatureVersion",
    "InvalidVersion",
    "UnsupportedHTTPMethod",
}


def test_every_code_of_the_emulator_has_a_row() -> None:
    codes = {each.code for each in emulated_codes()}
    assert len(codes) > 15
    assert {code for code in codes if not any(fnmatchcase(code, row) for row in ROWS)} == UNREACHABLE


def emulated_codes() -> list[ErrorCode]:
    """Return the codes of the emulator, which are constants of its modules."""
    found: list[ErrorCode] = []
    from alicloud_device_certificates import emulator

    for module in pkgutil.walk_packages(emulator.__path__, f"{emulator.__name__}."):
        found += [each for each in vars(import_module(module.name)).values() if isinstance(each, ErrorCode)]
    return found


def test_the_example_names_what_the_page_explains() -> None:
    (example,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert example.startswith("GetDeviceCertificate (region cn-hangzhou, ")
    assert "HTTP 500, request ID 020F6A43" in example


@pytest.mark.parametrize("code", ["FindDeviceBySnError", "iot.*NotExist*", "*Throttl*"])
def test_a_row_says_whether_the_call_is_retried(code: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{code}` |")]
    assert f" | {ERROR_CLASSES[code].failure_class.name.lower()} | " in row
