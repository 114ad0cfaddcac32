"""The error tree: one line each, nothing secret, and drawn as it is."""

from __future__ import annotations

import inspect
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.cloud import errors
from alicloud_device_certificates.cloud.errors import (
    CloudError,
    CredentialsError,
    NotFoundError,
    SettingsError,
    UnavailableError,
)
from alicloud_device_certificates.contract.text import TEXT_LIMIT, one_line, safe_text


def test_an_error_is_the_whole_story_in_one_line() -> None:
    error = NotFoundError(
        "Failed to find the device certificate by the SN.",
        operation="GetDeviceCertificate",
        region="cn-hangzhou",
        target="instance post-cn-1, CA 00f2, device 3562",
        code="FindDeviceBySnError",
        request_id="020F6A43",
        http_status=500,
        advice="Check device_sn and ca_sn.",
    )
    assert str(error) == (
        "GetDeviceCertificate (region cn-hangzhou, instance post-cn-1, CA 00f2, device 3562): FindDeviceBySnError: "
        "Failed to find the device certificate by the SN. (HTTP 500, request ID 020F6A43). Check device_sn and ca_sn."
    )
    assert repr(error) == f"NotFoundError({str(error)!r})"


def test_several_attempts_are_counted_in_the_text() -> None:
    error = UnavailableError("no", operation="QueryDeviceCert", http_status=503)
    assert str(error) == "QueryDeviceCert: no (HTTP 503)"
    error.attempts = 5
    assert str(error) == "QueryDeviceCert: no (HTTP 503, 5 attempts)"


def test_settings_and_credentials_errors_are_of_the_tree_and_need_no_operation() -> None:
    for kind in (SettingsError, CredentialsError):
        error = kind("alicloud:protocol is wrong!", advice="Set it.")
        assert isinstance(error, CloudError)
        assert str(error) == "alicloud:protocol is wrong! Set it."


def test_the_drawing_shows_every_class_below_its_parent() -> None:
    classes = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CloudError)]
    drawing = {
        line.strip(" │├└─").partition(" ")[0]: len(line) - len(line.lstrip(" │├└─"))
        for line in (errors.__doc__ or "").splitlines()
        if "─ " in line or line.strip() == "CloudError"
    }
    assert set(drawing) == {kind.__name__ for kind in classes}
    for kind in classes:
        assert drawing[kind.__name__] == 4 * (len(kind.__mro__) - CloudError.__mro__.__len__() + 1)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_ever_makes_a_second_line(message: str, target: str, code: str, advice: str) -> None:
    error = CloudError(message, operation="X", target=target, code=code, advice=advice)
    for shown in (str(error), one_line(message), safe_text(message)):
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} for c in shown)
        assert shown == shown.strip()


def test_long_service_texts_are_cut() -> None:
    assert len(safe_text("x" * 1000)) == TEXT_LIMIT
    assert safe_text("x" * TEXT_LIMIT) == "x" * TEXT_LIMIT


@pytest.mark.parametrize(
    "text",
    [
        "key AKID refused",
        "Specified signature is not matched. server string to sign is:ACS3-HMAC-SHA256\nS3CRET",
        "server CanonicalRequest is GET\n/\nx-acs-security-token:S3CRET",
        "Signature=S3CRET is wrong",
        "securityToken: S3CRET is wrong",
        "hash " + "0a" * 32,
        "-----BEGIN PRIVATE KEY-----\nS3CRET\n-----END PRIVATE KEY----- came",
        "-----BEGIN RSA PRIVATE KEY----- S3CRET",
    ],
)
def test_what_looks_secret_is_hidden(text: str) -> None:
    shown = safe_text(text, secrets=("AKID", None, ""))
    assert not any(secret in shown for secret in ("AKID", "S3CRET", "0a0a"))


def test_harmless_texts_stay_as_they_are() -> None:
    assert safe_text("The signature does not match.") == "The signature does not match."
