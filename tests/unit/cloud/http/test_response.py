"""Bodies: JSON and XML alike, everything else is rejected without quoting it."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.cloud.http.response import (
    ReportedFailure,
    UnreadableError,
    failure_in,
    first_text,
    read_document,
    request_id_in,
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
        (b"\xff\xfe\xfd", "not JSON or XML"),
        (b'["S3CRET"]', "not an object"),
        (b"[" * 100_000, "not JSON or XML"),
        (b'{"n": ' + b"9" * 5000 + b"}", "not JSON or XML"),
        (b"<A><B>S3CRET</B>", "not well-formed XML"),
        (b"<A>S3CRET</A>", "without fields"),
        (b"<A>" * 100 + b"</A>" * 100, "nested too deeply"),
        (b'<?xml version="1.0" encoding="no-such"?><A><B>1</B></A>', "not well-formed XML"),
        (b'<!DOCTYPE a [<!ENTITY x "S3CRET">]><a><b>&x;</b></a>', "document type declaration"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a><b>1</b></a>', "document type declaration"),
    ],
    ids=range(16),
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
    ],
)
def test_errors_are_distinguished_from_results(
    document: dict[str, object], status: int, failure: ReportedFailure | None
) -> None:
    assert failure_in(document, status=status) == failure


def test_texts_and_request_ids_are_found_under_any_spelling() -> None:
    assert first_text({"A": None, "B": True, "C": {"x": 1}, "D": 5}, "A", "B", "C", "D") == "5"
    assert request_id_in({"requestId": "r"}) == "r"
    assert request_id_in({"RequestId": ""}) is None
