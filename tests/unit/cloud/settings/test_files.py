"""Files of others: read whole, and never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.files import FILE_LIMIT, is_there, read_text


def test_the_text_is_returned_without_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\xef\xbb\xbf\xc3\xa4\n")
    assert read_text(tmp_path / "f", noun="the file") == "\u00e4\n"
    (tmp_path / "f").write_bytes(b"x" * FILE_LIMIT)
    assert len(read_text(tmp_path / "f", noun="the file")) == FILE_LIMIT


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "f")
    with pytest.raises(SettingsError, match=r"^the file .*/f is not a regular file$"):
        read_text(tmp_path / "f", noun="the file")


@pytest.mark.parametrize("content", [b"S3CRET\xff", b"S3CRET" * FILE_LIMIT])
def test_no_error_holds_what_was_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(SettingsError) as raised:
        read_text(tmp_path / "f", noun="the file")
    assert "S3CRET" not in str(raised.value)
    assert raised.value.__context__ is None


def test_a_path_with_a_null_character_is_one_line() -> None:
    with pytest.raises(SettingsError, match="null character"):
        read_text(Path("a\0b"), noun="the file")


def test_something_is_there_whether_or_not_it_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert is_there(loop)
    assert not is_there(tmp_path / "missing")
    (tmp_path / "file").touch()
    assert not is_there(tmp_path / "file" / "below")
    assert not is_there(Path("a\0b"))

    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "lstat", refuse)
    assert is_there(tmp_path / "forbidden")
