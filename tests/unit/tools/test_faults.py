"""The short forms of `make fuzz` and `make soak`, and that each of the three can fail."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from tools.faults import fuzz, soak
from tools.faults.project import compare, fingerprint
from tools.faults.service import serving
from tools.faults.soak import WARM_UP, Figures

from alicloud_device_certificates.reading import Reader

CERTIFICATES = fuzz.certificates()


def test_damaged_responses_and_certificates_raise_only_our_own_errors() -> None:
    outcomes = asyncio.run(fuzz.fuzz(1500))
    assert outcomes.total() == 1500
    assert {"read", "CertificateError", "UnreadableResponseError", "ContentError"} <= set(outcomes)


def test_the_fuzzer_reports_the_seed_of_what_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("Data")

    monkeypatch.setattr(Reader, "read", broken)
    with pytest.raises(fuzz.EscapedError, match=r"seed \d+: KeyError: 'Data'"):
        asyncio.run(fuzz.fuzz(100))


def test_the_same_seed_damages_alike() -> None:
    body = CERTIFICATES[0].encode()
    assert fuzz.damaged(body, random.Random(5)) == fuzz.damaged(body, random.Random(5)) != body


def test_reading_under_faults_for_a_while_leaves_nothing_open(tmp_path: Path) -> None:
    with serving(tmp_path, mqtt=12, iot=4, share=0.3, faults=["reset", "cut body", "500", "empty"]) as service:
        host = f"127.0.0.1:{service.port}"
        # Enough rounds to tell a descriptor that stays from one that the service, in this process too, closes soon.
        rounds = asyncio.run(soak.read_rounds(host, soak.ids(12, 4), lambda count: count < 5 * WARM_UP))
    assert service.injected.total() > WARM_UP
    # Its memory is that of the whole test run: only `make soak` looks at it.
    assert soak.is_flat([Figures(1, each.threads, each.descriptors) for each in rounds])


@pytest.mark.parametrize("grown", [Figures(200, 1, 10), Figures(100, 2, 10), Figures(100, 1, 20)])
def test_what_grows_is_not_flat(grown: Figures) -> None:
    steady = Figures(100, 1, 10)
    assert soak.is_flat([grown] * WARM_UP + [steady] * 8)
    assert not soak.is_flat([steady] * (WARM_UP + 8) + [grown] * 3)


def test_certificates_that_are_lost_doubled_or_wrong_are_found() -> None:
    one, other = CERTIFICATES[1], CERTIFICATES[2]
    right = {name: {"sha256_fingerprint": fingerprint(content)} for name, content in (("a", one), ("b", other))}
    contents = {"a": one, "b": other}
    assert not any(compare(right, contents).values())
    assert compare({"a": right["a"]}, contents)["lost"] == ["b"]
    assert compare({"a": right["a"], "b": right["a"]}, contents) == {"lost": [], "doubled": ["a", "b"], "wrong": ["b"]}
