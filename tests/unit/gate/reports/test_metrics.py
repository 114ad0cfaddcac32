"""The metrics, read again by prometheus_client's parser."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given
from prometheus_client.parser import text_string_to_metric_families
from tests.unit.gate.reports.outside import PAYLOADS, report_saying, texts
from tests.unit.gate.sample import NOW, deployed_report, failed_report, sample_report

from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.gate.report import Evaluation, Report
from alicloud_device_certificates.gate.reports.metrics import render

OURS = {"project": "device-certificates", "stack": "prod"}


def samples(report: Report) -> dict[str, list[tuple[dict[str, str], float]]]:
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    seen = set()
    for family in text_string_to_metric_families(render(report)):
        assert family.type == "gauge"
        assert family.documentation
        assert family.name not in found
        for sample in family.samples:
            series = (sample.name, *sorted(sample.labels.items()))
            assert series not in seen
            seen.add(series)
            assert sample.timestamp is None, "node_exporter refuses times of samples"
            found.setdefault(family.name, []).append((sample.labels, sample.value))
    return found


def of(name: str, metric: str, report: Report | None = None) -> tuple[dict[str, str], float]:
    (found,) = [each for each in samples(report or sample_report())[metric] if each[0].get("name") == name]
    return found


def test_validity_is_told_under_the_exporter_s_names_and_labels() -> None:
    labels, not_after = of("gateway-08", "x509_cert_not_after")
    certificate = next(each for each in sample_report().certificates if each.observed.name == "gateway-08")
    assert labels == OURS | {
        "name": "gateway-08",
        "service": "mqtt",
        "serial_number": certificate.certificate["serial_number"],
        "issuer_O": "Example Devices",
        "issuer_CN": "Example Device CA",
        "subject_O": "Example Devices",
        "subject_CN": "gateway-08",
    }
    assert certificate.not_after
    assert certificate.not_before
    assert not_after == certificate.not_after.timestamp()
    assert of("gateway-08", "x509_cert_not_before")[1] == certificate.not_before.timestamp()


def test_what_has_expired_is_told() -> None:
    assert (of("gateway-01", "x509_cert_expired")[1], of("gateway-08", "x509_cert_expired")[1]) == (1, 0)


def test_reads_that_failed_are_told_and_counted() -> None:
    assert of("light-05", "x509_cert_error")[1] == 1
    assert of("gateway-01", "x509_cert_error")[1] == 0
    assert samples(sample_report())["x509_read_errors"] == [(OURS, 1)]


@pytest.mark.parametrize("name", ["light-05", "sensor-11", "gateway-19"], ids=["failed", "gone", "not read"])
def test_of_what_is_not_read_no_validity_is_told(name: str) -> None:
    assert name not in {labels["name"] for labels, _ in samples(sample_report())["x509_cert_not_after"]}


def test_each_finding_is_told_with_its_kind_and_severity() -> None:
    found = samples(sample_report())["device_certificate_finding"]
    assert (OURS | {"name": "gateway-07", "service": "mqtt", "kind": "expires_within", "severity": "fail"}, 1) in found
    assert len(found) == sum(len(evaluation.findings) for evaluation in sample_report().certificates)


def test_the_thresholds_are_told_as_moments() -> None:
    end = of("gateway-08", "x509_cert_not_after")[1]
    assert of("gateway-08", "device_certificate_warn_timestamp_seconds")[1] == end - 30 * 86_400
    assert of("gateway-08", "device_certificate_fail_timestamp_seconds")[1] == end - 7 * 86_400


def test_the_time_of_the_report_and_its_problems_are_told() -> None:
    assert samples(deployed_report())["device_certificates_report_timestamp_seconds"] == [(OURS, NOW.timestamp())]
    assert samples(failed_report())["device_certificates_problems"] == [(OURS, 1)]
    assert samples(sample_report())["device_certificates_problems"] == [(OURS, 0)]


def test_certificates_of_one_name_are_told_apart_by_the_exporter_s_label() -> None:
    first = sample_report().certificates[0]
    second = dataclasses.replace(first, observed=dataclasses.replace(first.observed, urn="urn:other"))
    found = samples(dataclasses.replace(sample_report(), certificates=(first, second)))
    assert len({labels["discriminator"] for labels, _ in found["x509_cert_not_after"]}) == 2


def test_only_the_first_of_several_values_is_a_label() -> None:
    labels, _ = of("x", "x509_cert_not_after", with_names("CN=b+CN=a,OU=second,OU=first,C=CN,1.2.3.4=#0c0141"))
    assert {name: value for name, value in labels.items() if name.startswith("subject_")} == {
        "subject_C": "CN",
        "subject_OU": "first",
        "subject_CN": "the common name",
    }


@pytest.mark.parametrize("name", ["no name", "CN=", "CN=\\", "=", ""])
def test_a_name_that_cannot_be_taken_apart_leaves_its_common_name(name: str) -> None:
    labels, _ = of("x", "x509_cert_not_after", with_names(name))
    assert labels == OURS | {"name": "x", "service": "mqtt", "serial_number": "1", "subject_CN": "the common name"}


def test_a_country_of_three_letters_is_a_label_like_others() -> None:
    labels, _ = of("x", "x509_cert_not_after", with_names("CN=x,C=CHN"))
    assert (labels["subject_C"], labels["issuer_C"], labels["issuer_CN"]) == ("CHN", "CHN", "x")


def with_names(name: str) -> Report:
    evaluation: Evaluation = sample_report().certificates[0]
    fields: dict[str, Any] = {
        "serial_number": "1",
        "subject": name,
        "issuer": "" if name.startswith("CN=b") else name,
        "subject_common_name": "the common name",
    }
    observed = dataclasses.replace(evaluation.observed, name="x", new=fields)
    return dataclasses.replace(sample_report(), certificates=(dataclasses.replace(evaluation, observed=observed),))


@given(texts)
def test_any_text_is_a_label_s_value_on_one_line(text: str) -> None:
    report = report_saying(text)
    for labels, _ in samples(report)["device_certificate_finding"]:
        assert labels.get("project", "") == labels.get("name", "") == printable(text)
    assert all(re.fullmatch(r"# (HELP|TYPE) [a-z0-9_]+ .+|[a-z0-9_]+\{.*\} \d+", line) for line in lines(report))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_makes_a_line(payload: str) -> None:
    assert len(lines(report_saying(payload))) == len(lines(report_saying("plain words")))


def lines(report: Report) -> list[str]:
    return render(report).splitlines()
