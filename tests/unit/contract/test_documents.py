"""Whatever a user's YAML or JSON is: a value, or an error of one line, in bounded time and memory."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alicloud_device_certificates.contract.bounds import MAX_BYTES, MAX_DEPTH, DocumentError, check_bounds
from alicloud_device_certificates.contract.documents import load_document, parse_json
from alicloud_device_certificates.contract.yaml_document import parse_yaml

# Pieces that mean something to a parser, so texts of them get further than random ones.
_YAML = ["{", "}", "[", "]", ",", ":", "-", "?", "&a", "*a", "!t", "!!str", "'", '"', "|", ">", "#", "%", "---", "..."]
_WORDS = ["\\U", "\\ud800", "a", "b", "<<", "0012", "1e999", "NaN", "null", "@", "`", "!<", "~", "%YAML 1.1\n"]
_SPACE = [" ", "\n", "\n  ", "\t", "\x00", "\x1b", "\ufeff", "\ud800", "\u2028"]
_PIECES = st.sampled_from([*_YAML, *_WORDS, *_SPACE])
TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join))


def _type(value: object) -> str:
    """Return an ID for a test: the values themselves are too long."""
    return type(value).__name__


@pytest.fixture(params=["libyaml", "without libyaml"])
def parsing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML with libyaml, and as some distributions build it."""
    if request.param == "without libyaml":
        monkeypatch.delattr(yaml, "CBaseLoader")


@pytest.mark.usefixtures("parsing")
def test_any_yaml_is_a_value_or_one_line() -> None:
    @settings(max_examples=400, deadline=None)
    @given(TEXTS)
    @example('"\\UFFFFFFFF"')
    @example("&a [*a]")
    @example("? [a]\n: b")
    @example("%YAML " + "9" * 5000 + ".1\n--- a")
    def check(text: str) -> None:
        one_line_or_plain(parse_yaml, text)

    check()


@settings(max_examples=400, deadline=None)
@given(st.one_of(TEXTS, st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps)))
@example("1" * 5000)
@example("1e999")
@example('"\\ud800"')
@example('{"\\udfff": 1}')
def test_any_json_is_a_value_or_one_line(text: str) -> None:
    one_line_or_plain(parse_json, text)


def one_line_or_plain(parse: Callable[[str], object], text: str) -> None:
    try:
        value = parse(text)
    except DocumentError as error:
        message = str(error)
        assert message.isprintable()
        assert len(message) < 300
    else:
        json.dumps(value, allow_nan=False).encode()


@pytest.mark.usefixtures("parsing")
@settings(max_examples=100)
@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20))
def test_what_was_written_is_read(value: Any) -> None:
    assert parse_yaml(yaml.safe_dump(value)) == value
    assert parse_json(json.dumps(value)) == value


@pytest.mark.usefixtures("parsing")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, f"line 1, column 65: is nested deeper than {MAX_DEPTH} levels"),
        ("{a: " * 100_000, f"is nested deeper than {MAX_DEPTH} levels"),
        ("\n".join(f"- &a{n} [*a{n - 1}]" if n else "- &a0 []" for n in range(200)), "is nested deeper than 64 levels"),
        ("&a [*a]", "an alias of itself"),
        ("[*a, &a 1]", "line 1, column 2: an alias of nothing before it"),
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: duplicate key 'a'"),
        ("{&k a: 1, *k : 2}", "duplicate key 'a'"),
        ("{[a]: b}", "a key that is not text"),
        ("a: !!binary aGk=", "line 1, column 4: unknown tag 'tag:yaml.org,2002:binary'"),
        ("a: !!python/object/apply:os.getcwd []", "unknown tag"),
        ("!x\n- a", "unknown tag '!x'"),
        ("a\n---\nb", "a second document"),
        ("a:\n\tb: 1", "line 2, column 1: invalid YAML (found character that cannot start any token)"),
        ("a: \x1b", "invalid YAML"),
    ],
    ids=_type,
)
def test_yaml_that_is_no_document_says_why(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as raised:
        parse_yaml(text)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, f"is nested deeper than {MAX_DEPTH} levels"),
        ("[" * 65 + "]" * 65, f"is nested deeper than {MAX_DEPTH} levels"),
        ('{"a": 1, "a": 2}', "duplicate key 'a'"),
        ("[NaN]", "NaN is not a JSON value"),
        ("[1e999]", "holds a number that is out of range"),
        ("9" * 5000, "holds a number that is out of range"),
        ('["\\ud800"]', "is not valid Unicode text"),
        ("{]", "line 1, column 2: invalid JSON"),
        (" " * (MAX_BYTES + 1), "is larger than 8 MiB"),
    ],
    ids=_type,
)
def test_json_that_is_no_document_says_why(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as raised:
        parse_json(text)
    assert message in str(raised.value)


@pytest.mark.usefixtures("parsing")
def test_aliases_that_unfold_to_gigabytes_fill_no_memory() -> None:
    laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    laughs += "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    tracemalloc.start()
    try:
        with pytest.raises(DocumentError, match=r"^holds more than 1,000,000 values, counting each use of an alias$"):
            parse_yaml(laughs)
        assert tracemalloc.get_traced_memory()[1] < 50 * 1024**2
    finally:
        tracemalloc.stop()


def test_aliases_within_bounds_are_what_they_stand_for() -> None:
    assert parse_yaml("a: &x {k: [1, ~]}\nb: *x\nc: &s t\n*s : *s") == {
        "a": {"k": ["1", "~"]},
        "b": {"k": ["1", "~"]},
        "c": "t",
        "t": "t",
    }


def test_tags_of_plain_values_change_nothing() -> None:
    assert parse_yaml("[!!str 1, !!int 2, ! 3, !!null ~]") == ["1", "2", "3", "~"]


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 10**309, 10**5000, "\ud800", {"\udfff": 1}], ids=_type)
def test_a_value_that_no_document_can_hold_is_none_that_a_program_can_pass(value: object) -> None:
    with pytest.raises(DocumentError):
        check_bounds([value])


def test_a_value_that_holds_itself_is_too_deep() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(DocumentError, match="deeper than 64"):
        check_bounds(value)


def test_what_is_no_file_of_text_is_never_waited_for_nor_read_in_full(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "latin").write_bytes(b"a: \xff")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2**40)
    messages = {
        "pipe": "cannot be read (Not a regular file)",
        "latin": "is not UTF-8 text",
        "huge": "is larger than 8 MiB",
        "none": "cannot be read (No such file or directory)",
        ".": "cannot be read (Is a directory)",
        "nul\0": "cannot be read (its name contains a NUL character)",
        "/dev/zero": "cannot be read (Not a regular file)",
    }
    for name, message in messages.items():
        with pytest.raises(DocumentError) as raised:
            load_document(tmp_path / name)
        assert str(raised.value) == message


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    for name in ("a.yaml", "a.json"):
        (tmp_path / name).write_text('{"a": "b"}', encoding="utf-8-sig")
        assert load_document(tmp_path / name) == {"a": "b"}
