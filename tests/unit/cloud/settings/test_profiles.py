"""The vendor's credentials files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.profiles import cli_file, ini_file, is_ini, profile_in


def write(folder: Path, text: str) -> Path:
    file = folder / "config.json"
    file.write_text(text)
    return file


def test_a_profile_is_found_by_name_or_as_the_current_one(tmp_path: Path) -> None:
    file = write(tmp_path, json.dumps({"current": "b", "profiles": [{"name": "a"}, 7, {"name": "b", "mode": "AK"}]}))
    assert profile_in(file, "a") == {"name": "a"}
    assert profile_in(file, None) == {"name": "b", "mode": "AK"}
    assert profile_in(file, "c") is None


@pytest.mark.parametrize("text", ["[]", "{}", '{"profiles": 5, "current": "a"}'])
def test_a_file_of_another_shape_has_no_profile(tmp_path: Path, text: str) -> None:
    assert profile_in(write(tmp_path, text), "a") is None


def test_a_missing_file_has_no_profile_and_is_not_ini(tmp_path: Path) -> None:
    assert profile_in(tmp_path / "missing", "a") is None
    assert not is_ini(tmp_path / "missing")


def test_a_broken_file_is_an_error_that_names_it_and_quotes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, '{"access_key_secret": "S3CRET"')
    with pytest.raises(SettingsError) as raised:
        profile_in(file, "a")
    assert str(raised.value) == f"the credentials file {file} is not valid JSON"


def test_ini_is_distinguished_from_json_by_its_beginning(tmp_path: Path) -> None:
    assert is_ini(write(tmp_path, "[default]\ntype = access_key\n"))
    assert not is_ini(write(tmp_path, ' \n{"current": ""}'))


def test_default_files_are_in_the_home_folder_if_there_is_one() -> None:
    assert cli_file("/home/u") == Path("/home/u/.aliyun/config.json")
    assert ini_file("/home/u") == Path("/home/u/.alibabacloud/credentials.ini")
    assert cli_file(None) is ini_file(None) is None
