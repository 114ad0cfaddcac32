"""The certificate authorities: loaded once, and a failure reaches whoever waits for them."""

from __future__ import annotations

import ssl

import pytest

from alicloud_device_certificates.cloud.http import authorities
from alicloud_device_certificates.cloud.http.authorities import load_authorities


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorities, "_loads", {})
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_they_are_loaded_once_for_each_place(monkeypatch: pytest.MonkeyPatch) -> None:
    built_in = load_authorities(trust_env=True)
    assert load_authorities(trust_env=False) is built_in
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    assert load_authorities(trust_env=True) is not built_in
    assert load_authorities(trust_env=False) is built_in
    assert built_in.result(timeout=60).verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("error", [FileNotFoundError("no file"), RuntimeError("no reason")])
def test_any_failure_is_raised_to_whoever_waits(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(**_: object) -> ssl.SSLContext:
        raise error

    monkeypatch.setattr(ssl, "create_default_context", fail)
    with pytest.raises(type(error), match="no "):
        load_authorities(trust_env=True).result(timeout=60)
