"""Bodies: JSON and XML alike, everything else is rejected without quoting it."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.cloud.http.response import (
    Document,
    ReportedFailure,
    UnreadableError,
    failure_in,
    first_text,
    read_document,
    request_id_in,
    without,
)


def test_json_objects_are_read() -> None:
    assert read_document(b' {"Data": {"Status": 1}} ') == {"Data": {"Status": 1}}


def test_xml_is_read_as_the_fields_of_its_root() -> None:
    body = b"""<?xml version="1.0" encoding="UTF-8"?>
    <QueryDeviceCertResponse><RequestId>57b1</RequestId><Success>true</Success>
      <DeviceCertInfo><Status>2</Status><Certificate>tXH&amp;f4 </Certificate><PrivateKey></PrivateKey></DeviceCertInfo>
    </QueryDeviceCertResponse>"""
    assert read_document(body) == {
        "RequestId": "57b1",
        "Success": "true",
        "DeviceCertInfo": {"Status": "2", "Certificate": "tXH&f4", "PrivateKey": ""},
    }


def test_xml_elements_that_repeat_are_a_list() -> None:
    assert read_document(b"<A><B>1</B><B>2</B><B><C>3</C></B></A>") == {"B": ["1", "2", {"C": "3"}]}


def test_xml_may_begin_with_a_byte_order_mark() -> None:
    assert read_document(b"\xef\xbb\xbf<A><B>1</B></A>") == {"B": "1"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"<!DOCTYPE html><p>S3CRET", "is an HTML page"),
        (b"<HTML>S3CRET</HTML>", "is an HTML page"),
        (b'{"PrivateKey": "S3CRET"', "not JSON or XML, or is truncated"),
        (b"S3CRET", "not JSON or XML"),
        (b"\xff\xfe\xfd", "bytes that are not text"),
        (b'{"a": "\xff"}', "bytes that are not text"),
        (b'{"a": 1, "a": 2}', "a duplicate name"),
        (b'{"a": {"b": [{"PrivateKey": "S3CRET", "PrivateKey": ""}]}}', "a duplicate name"),
        (b'{"a": NaN}', "a number that JSON does not have"),
        (b'{"a": -Infinity}', "a number that JSON does not have"),
        (b'["S3CRET"]', "not an object"),
        (b"[" * 100_000, "not JSON or XML"),
        (b'{"a": ' + b"[" * 600 + b"]" * 600 + b"}", "nested too deeply"),
        (b'{"a": ' * 40 + b"1" + b"}" * 40, "nested too deeply"),
        (b'{"n": ' + b"9" * 5000 + b"}", "not JSON or XML"),
        (b"<A><B>S3CRET</B>", "not well-formed XML"),
        (b"<A>S3CRET</A>", "without fields"),
        (b"<A>" * 100 + b"</A>" * 100, "nested too deeply"),
        (b'<?xml version="1.0" encoding="no-such"?><A><B>1</B></A>', "not well-formed XML"),
        (b'<!DOCTYPE a [<!ENTITY x "S3CRET">]><a><b>&x;</b></a>', "document type declaration"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a><b>1</b></a>', "document type declaration"),
    ],
    ids=range(23),
)
def test_what_is_no_document_says_why_and_quotes_nothing(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read_document(body)
    assert why in str(raised.value)
    assert "S3CRET" not in str(raised.value)
    assert raised.value.__cause__ is None


@given(st.binary())
def test_any_bytes_are_a_document_or_unreadable(body: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        assert isinstance(read_document(body), dict)


@given(st.binary(max_size=40))
def test_any_bytes_in_an_element_are_a_document_or_unreadable(body: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        assert isinstance(read_document(b"<a><b>" + body + b"</b></a>"), dict)


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)))
def test_every_json_object_comes_through(document: dict[str, object]) -> None:
    assert read_document(json.dumps(document).encode()) == document


@pytest.mark.parametrize(
    ("document", "status", "failure"),
    [
        ({"Code": "X.Y", "Message": "no"}, 400, ReportedFailure(code="X.Y", message="no")),
        ({"code": "X.Y", "message": "no"}, 500, ReportedFailure(code="X.Y", message="no")),
        ({}, 503, ReportedFailure(code="", message="")),
        ({"Success": False, "Code": "iot.x", "ErrorMessage": "no"}, 200, ReportedFailure(code="iot.x", message="no")),
        ({"Success": "false"}, 200, ReportedFailure(code="", message="")),
        ({"Code": "X", "Message": "no"}, 200, ReportedFailure(code="X", message="no")),
        ({"Code": 500}, 200, ReportedFailure(code="500", message="")),
        ({"Success": True, "Code": "odd"}, 200, None),
        ({"Code": 200, "Data": {}}, 200, None),
        ({"Code": "OK"}, 200, None),
        ({"Code": ""}, 200, None),
        ({"Data": {}}, 200, None),
        ({"Code": None, "Success": None, "Data": {}}, 200, None),
        ({"Data": {}}, 304, ReportedFailure(code="", message="")),
    ],
)
def test_errors_are_distinguished_from_results(
    document: dict[str, object], status: int, failure: ReportedFailure | None
) -> None:
    assert failure_in(document, status=status) == failure


@pytest.mark.parametrize(
    "document",
    [
        {"Code": ["X"]},
        {"Code": {"X": 1}},
        {"Code": 1.5},
        {"code": []},
        {"ErrorCode": ["X"]},
        {"Success": []},
        {"Success": ["false"]},
        {"Success": {}},
        {"Success": 0},
        {"Success": 1},
        {"Success": "maybe"},
    ],
)
def test_a_code_or_a_success_of_another_type_means_nothing(document: dict[str, object]) -> None:
    with pytest.raises(UnreadableError, match="Code or Success of an unexpected type"):
        failure_in({**document, "Data": {"DeviceSn": "1"}}, status=200)


def test_texts_and_request_ids_are_found_under_any_spelling() -> None:
    assert first_text({"A": None, "B": True, "C": {"x": 1}, "D": 5}, "A", "B", "C", "D") == "5"
    assert request_id_in({"requestId": "r"}) == "r"
    assert request_id_in({"RequestId": ""}) is None


@pytest.mark.parametrize(
    "body",
    [b'{"Code": "Throttling.User", "Message": "\xff slow"}', b"<E><Code>Throttling.User</Code><M>\xff</M></E>"],
    ids=["json", "xml"],
)
def test_the_code_of_an_error_survives_a_broken_character(body: bytes) -> None:
    assert read_document(body, status=400)["Code"] == "Throttling.User"
    with pytest.raises(UnreadableError):
        read_document(body, status=200)


@pytest.mark.parametrize(
    "body", [b'{"D": {"PrivateKey": "S3CRET", "L": ["S3CRET"]}}', b"<A><D><PrivateKey>S3CRET</PrivateKey></D></A>"]
)
def test_no_part_of_a_document_is_shown_by_a_traceback_with_local_variables(body: bytes) -> None:
    document = read_document(body)
    assert document["D"]["PrivateKey"] == "S3CRET"
    assert "S3CRET" not in repr(document) + repr(document["D"]) + f"{document}"


def test_a_secret_of_the_request_is_nowhere_in_what_a_service_echoes() -> None:
    token = "CAISgwJ1q6Ft5B2yfSjIr5fS"
    body = json.dumps({"RequestId": token, "Data": {token: ["x" + token, 1, None, True]}}).encode()
    document = without([token, None, ""], read_document(body))
    assert document == {"RequestId": "[secure]", "Data": {"[secure]": ["x[secure]", 1, None, True]}}
    assert request_id_in(document) == "[secure]"


@pytest.mark.parametrize("name", ["RequestId", "requestId", "RequestID"])
def test_a_request_id_is_free_of_short_secrets_too(name: str) -> None:
    document = without(["S3CRET", None], read_document(json.dumps({name: "r-S3CRET", "Data": "S3CRET"}).encode()))
    assert document == {name: "r-[secure]", "Data": "S3CRET"}


def test_a_certificate_is_not_damaged_by_what_secrets_have_in_common_with_it() -> None:
    pem = f"-----BEGIN CERTIFICATE-----\nMIIB{'A' * 40}AQAB\n-----END CERTIFICATE-----\n"
    document = Document({"Data": Document({"DeviceContent": pem, "DeviceName": "factory-gateway-0001"})})
    assert without([f"STS.{'A' * 30}==", f"LTAI{'aA' * 10}", "factory-gateway-key"], document) == document


def test_a_key_too_short_to_be_a_real_one_changes_no_certificate() -> None:
    document = read_document(b'{"Data": {"DeviceContent": "MIIB"}}')
    assert without(["I", "B"], document) == {"Data": {"DeviceContent": "MIIB"}}


def test_a_request_id_is_shown_in_one_short_line() -> None:
    assert request_id_in(read_document(b'{"RequestId": "a\\nb\\u001b[0m"}')) == "a b [0m"
    assert len(request_id_in(read_document(b'{"RequestId": "' + b"x" * 100_000 + b'"}')) or "") <= 300
