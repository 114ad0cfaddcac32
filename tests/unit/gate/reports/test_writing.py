from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.gate import reports
from alicloud_device_certificates.gate.options import OPTIONS
from alicloud_device_certificates.gate.reports import (
    FORMATS,
    ReportError,
    append_step_summary,
    check_writable,
    prepare_folder,
    remove_earlier,
    render,
    write_reports,
)
from alicloud_device_certificates.gate.reports.writing import write_whole


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_written_as_utf_8_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "report", "\u8bbe\u5907\n")
    assert (tmp_path / "report").read_bytes() == b"\xe8\xae\xbe\xe5\xa4\x87\n"
    assert names(tmp_path) == {"report"}


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_whole(tmp_path / "report", "x")
    assert mode(tmp_path / "report") == mode(tmp_path / "usual")


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o666])
def test_an_existing_file_keeps_its_mode(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "report"
    path.write_text("before")
    path.chmod(kept)
    write_whole(path, "after")
    assert (path.read_text(), mode(path)) == ("after", kept)


def test_whoever_has_the_old_file_open_still_reads_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("before")
    with path.open() as reader:
        write_whole(path, "after, and longer")
        assert reader.read() == "before"


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link, dangling = tmp_path / "folder" / "target", tmp_path / "link", tmp_path / "dangling"
    target.write_text("before")
    link.symlink_to("folder/target")
    dangling.symlink_to("folder/new")
    write_whole(link, "after")
    write_whole(dangling, "new")
    assert link.is_symlink()
    assert dangling.is_symlink()
    assert (target.read_text(), (tmp_path / "folder" / "new").read_text()) == ("after", "new")


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report"
    path.write_text("before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError) as raised:
        write_whole(path, "after")
    assert str(raised.value) == f"cannot write {path}: No space left on device"
    assert raised.value.__cause__ is None
    assert (path.read_text(), names(tmp_path)) == ("before", {"report"})


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("no/such/report", "No such file or directory"),
        ("file/report", "Not a directory"),
        ("folder", "it is a directory"),
        ("loop", "Symbolic link|symbolic links"),
        ("x" * 300, "File name too long"),
        ("nul\x00", "null (byte|character)"),
    ],
)
def test_what_cannot_be_written_is_one_line_with_path_and_reason(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ReportError, match=reason) as raised:
        write_whole(tmp_path / path, "x")
    assert str(raised.value).startswith(f"cannot write {tmp_path}/{path.replace(chr(0), chr(92) + 'x00')}: ")
    assert "\n" not in str(raised.value)
    assert names(tmp_path) == {"file", "folder", "loop"}


def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, "through")
    reader.join()
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_the_process_s_own_output_is_written_to_even_where_it_is_a_file(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\n"
        "from alicloud_device_certificates.gate.reports.writing import check_writable, write_whole\n"
        "check_writable([Path('/dev/stdout'), Path('/dev/null')])\n"
        "write_whole(Path('/dev/stdout'), 'report')\n"
        "write_whole(Path('/dev/null'), 'report')\n"
    )
    with (tmp_path / "output").open("wb") as output:
        subprocess.run([sys.executable, "-c", program], stdout=output, check=True)
    piped = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    assert (tmp_path / "output").read_bytes() == piped.stdout == b"report"


def test_paths_can_be_checked_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before")
    check_writable([tmp_path / "file", tmp_path / "new"])
    assert names(tmp_path) == {"file"}
    with pytest.raises(ReportError) as raised:
        check_writable([tmp_path, tmp_path / "no" / "report", tmp_path / "new", tmp_path / "." / "new"])
    assert str(raised.value) == (
        f"cannot write {tmp_path}: it is a directory; "
        f"cannot write {tmp_path}/no/report: there is no folder {tmp_path}/no; "
        f"cannot write {tmp_path}/new: two reports name this file"
    )


@pytest.mark.parametrize(("name", "reason"), [("loop", "symbolic links"), ("nul\x00", "null (byte|character)")])
def test_a_path_that_the_system_does_not_take_is_told_before(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ReportError, match=reason):
        check_writable([tmp_path / name])


def test_a_folder_in_which_nothing_may_be_made_is_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(ReportError, match=f"cannot write {tmp_path}/new: the folder {tmp_path} is not writable"):
        check_writable([tmp_path / "new"])
    with pytest.raises(ReportError, match="cannot write /dev/null: it is not writable"):
        check_writable([Path("/dev/null")])


def test_each_report_is_written_to_its_file(tmp_path: Path) -> None:
    write_reports(sample_report(), [(each.name, tmp_path / each.file_name) for each in FORMATS])
    for each in FORMATS:
        assert (tmp_path / each.file_name).read_text(encoding="utf-8") == render(sample_report(), each.name)


def test_a_folder_for_all_reports_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    files = prepare_folder(folder)
    assert files == [(each.name, folder / each.file_name) for each in FORMATS]
    (folder / "report.json").write_text("old")
    assert prepare_folder(folder) == files
    assert names(folder) == {"report.json"}
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match=f"cannot write to {tmp_path}/file: File exists"):
        prepare_folder(tmp_path / "file")


def test_a_file_of_an_earlier_run_is_removed_and_the_next_one_has_its_mode(tmp_path: Path) -> None:
    path, new = tmp_path / "report.json", tmp_path / "report.md"
    path.write_text("old")
    path.chmod(0o600)
    modes = remove_earlier([path, new])
    assert names(tmp_path) == set()
    assert modes == {path: 0o600}
    write_reports(sample_report(), [("json", path), ("markdown", new)], modes)
    (tmp_path / "usual").touch()
    assert (mode(path), mode(new)) == (0o600, mode(tmp_path / "usual"))


def test_a_link_stays_and_what_it_leads_to_is_removed(tmp_path: Path) -> None:
    target, link, dangling = tmp_path / "target", tmp_path / "link", tmp_path / "dangling"
    target.write_text("old")
    link.symlink_to(target)
    dangling.symlink_to("nothing")
    remove_earlier([link, dangling])
    assert names(tmp_path) == {"link", "dangling"}
    target.write_text("old")
    assert remove_earlier([link, dangling], whatever_it_is=True) == {}
    assert names(tmp_path) == {"target"}


def test_streams_are_never_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("/dev/null")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").touch()
    remove_earlier([pipe, link, Path("-"), Path("/dev/null"), Path("/dev/stdout"), Path("/dev/stderr")])
    assert names(tmp_path) == {"pipe", "link", "-"}
    assert Path("/dev/null").is_char_device()
    remove_earlier([pipe], whatever_it_is=True)
    assert names(tmp_path) == {"link", "-"}


def test_stdout_stays_even_if_it_is_a_file(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\n"
        "from alicloud_device_certificates.gate.reports import remove_earlier\n"
        "remove_earlier([Path('/dev/stdout'), Path('/dev/fd/1')])\n"
    )
    with (tmp_path / "output").open("wb") as output:
        subprocess.run([sys.executable, "-c", program], stdout=output, check=True)
    assert names(tmp_path) == {"output"}


def test_files_that_cannot_be_removed_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(1, "Operation not permitted")

    for name in ("a", "b"):
        (tmp_path / name).touch()
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(ReportError) as raised:
        remove_earlier([tmp_path / "a", tmp_path / "b"])
    assert str(raised.value) == (
        f"cannot write {tmp_path}/a: Operation not permitted; cannot write {tmp_path}/b: Operation not permitted"
    )
    assert raised.value.__cause__ is None


def test_each_format_has_an_option_and_a_file_of_its_own() -> None:
    assert len({each.name for each in FORMATS} | {each.file_name for each in FORMATS}) == 2 * len(FORMATS)
    assert {each.name for each in FORMATS}.isdisjoint(option.name for option in OPTIONS)


def test_one_that_cannot_be_written_holds_up_no_other(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as raised:
        write_reports(
            sample_report(),
            [("json", tmp_path / "no" / "a"), ("junit", tmp_path / "junit"), ("metrics", tmp_path / "no" / "b")],
        )
    assert str(raised.value) == (
        f"cannot write {tmp_path}/no/a: No such file or directory; "
        f"cannot write {tmp_path}/no/b: No such file or directory"
    )
    assert names(tmp_path) == {"junit"}


def test_none_is_written_before_all_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(FORMATS[0], name="broken", module="no_such_module")
    monkeypatch.setattr(reports, "FORMATS", (*FORMATS, broken))
    with pytest.raises(ModuleNotFoundError):
        write_reports(sample_report(), [("json", tmp_path / "json"), ("broken", tmp_path / "broken")])
    assert names(tmp_path) == set()


def test_only_the_formats_that_are_asked_for_are_imported() -> None:
    program = (
        "import sys\n"
        "from alicloud_device_certificates.gate.reports import FORMATS, check_writable, write_reports\n"
        "loaded = {name.rpartition('.')[2] for name in sys.modules if '.gate.reports.' in name}\n"
        "assert loaded == {'formats', 'writing'}, loaded\n"
        "assert not {'rich', 'jinja2', 'cryptography', 'pulumi'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(("before", "between"), [(None, ""), ("earlier\n", ""), ("earlier", "\n"), ("", "")])
def test_the_step_summary_is_added_on_a_line_of_its_own(tmp_path: Path, before: str | None, between: str) -> None:
    path = tmp_path / "summary"
    if before is not None:
        path.write_text(before)
    append_step_summary(sample_report(), path)
    assert path.read_text(encoding="utf-8") == f"{before or ''}{between}{render(sample_report(), 'markdown')}"


def test_a_step_summary_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=f"cannot write {tmp_path}: Is a directory"):
        append_step_summary(sample_report(), tmp_path)
