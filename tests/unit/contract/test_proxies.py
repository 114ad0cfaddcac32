"""The proxy of the environment: which URLs go through it, and which ``NO_PROXY`` exempts."""

from __future__ import annotations

import pytest

from alicloud_device_certificates.contract.proxies import ProxyAddressError, proxies, proxy_for

PROXY = "http://user:hunter2@proxy.example:3128"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_variable_there_is_no_proxy() -> None:
    assert proxies() == {}
    assert proxy_for("https://iot.cn-shanghai.aliyuncs.com/") is None


@pytest.mark.parametrize(
    ("variable", "url", "is_used"),
    [
        ("HTTPS_PROXY", "https://h.example/", True),
        ("https_proxy", "https://h.example/", True),
        ("HTTPS_PROXY", "http://h.example/", False),
        ("HTTP_PROXY", "http://h.example/", True),
        ("HTTP_PROXY", "https://h.example/", False),
        ("ALL_PROXY", "https://h.example/", True),
        ("ALL_PROXY", "http://h.example/", True),
    ],
)
def test_the_scheme_of_a_url_decides_on_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, url: str, is_used: bool
) -> None:
    monkeypatch.setenv(variable, PROXY)
    assert proxy_for(url) == (PROXY if is_used else None)


def test_the_variable_of_a_scheme_precedes_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://all.example:1")
    monkeypatch.setenv("HTTPS_PROXY", "https.example:2")
    assert proxy_for("https://h.example/") == "http://https.example:2"
    assert proxy_for("http://h.example/") == "http://all.example:1"


@pytest.mark.parametrize(
    ("entries", "url"),
    [
        ("*", "https://h.example/"),
        ("h.example", "https://h.example/"),
        ("H.Example.", "https://h.example/"),
        ("other, h.example", "https://h.example/"),
        ("example", "https://h.example/"),
        (".example", "https://h.example/"),
        ("*.example", "https://h.example/"),
        ("h.example:443", "https://h.example/"),
        ("h.example:8443", "https://h.example:8443/"),
        ("https://h.example", "https://h.example/"),
        (".localhost", "http://emulator.localhost:8080/"),
        ("bücher.example", "https://xn--bcher-kva.example/"),
        ("xn--bcher-kva.example", "https://bücher.example/"),
        ("127.0.0.1", "http://127.0.0.1:8080/"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("10.0.0.0/8", "https://10.1.2.3/"),
        ("10.1.2.3/8", "https://10.9.9.9/"),
        ("::1", "http://[::1]:8080/"),
        ("[::1]", "http://[::1]:8080/"),
        ("[::1]:8080", "http://[::1]:8080/"),
        ("::1/128", "http://[::1]/"),
        ("[fd00::]/8", "http://[fd12::1]/"),
        ("fd00::/8", "http://[fd12::1]/"),
    ],
)
def test_a_host_that_no_proxy_names_is_reached_directly(
    monkeypatch: pytest.MonkeyPatch, entries: str, url: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", entries)
    assert proxy_for(url) is None


@pytest.mark.parametrize(
    ("entries", "url"),
    [
        ("", "https://h.example/"),
        (" , ,", "https://h.example/"),
        (".", "https://h.example/"),
        ("ample", "https://h.example/"),
        ("h.example.com", "https://h.example/"),
        ("h.example:80", "https://h.example/"),
        ("h.example:port", "https://h.example/"),
        ("1", "https://127.0.0.1/"),
        ("0.0.1", "https://127.0.0.1/"),
        ("10.0.0.0/33", "https://10.1.2.3/"),
        ("10.0.0.0/8", "https://11.1.2.3/"),
        ("10.0.0.0/8", "https://ten.example/"),
        ("fd00::/8", "https://10.1.2.3/"),
        ("::1/128", "http://[::2]/"),
        ("[::1", "http://[::2]/"),
        ("x" * 64 + ".example", "https://h.example/"),
        ("é..example", "https://h.example/"),
    ],
)
def test_any_other_entry_exempts_nothing(monkeypatch: pytest.MonkeyPatch, entries: str, url: str) -> None:
    monkeypatch.setenv("ALL_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", entries)
    assert proxy_for(url) == PROXY


@pytest.mark.parametrize("address", ["http://", "http://h:99999", "h:0", "http://a b:80", "user:hunter2@h:x"])
def test_an_address_that_is_none_names_its_variable_and_no_password(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(ProxyAddressError) as raised:
        proxy_for("https://h.example/")
    assert str(raised.value) == raised.value.variable == "HTTPS_PROXY"
