"""The files of the state: whole or not there, private, and an error that says why not."""

from __future__ import annotations

import codecs
import errno
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.emulator.errors import StateError
from alicloud_device_certificates.emulator.http import server
from alicloud_device_certificates.emulator.http.app import emulator_app
from alicloud_device_certificates.emulator.scenario.loading import load_scenario
from alicloud_device_certificates.emulator.world.commands import open_world
from alicloud_device_certificates.emulator.world.state import Changes, StateFolder
from alicloud_device_certificates.emulator.world.world import World

NOBODY = 65534
# A user without rights may not be able to import it.
_ = server


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A state folder that holds a device's certificate, its CA's, and a change."""
    folder = tmp_path / "state"
    world = World(load_scenario(), StateFolder(folder))
    world.certificate(world.devices()["mqtt/post-cn-emulator01/00f26900ba87/356217374433aa01"])
    with world.state.locked():
        world.state.save_changes(Changes(clock_offset="+1m"))
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def start(folder: Path) -> None:
    emulator_app(None, folder)


def start_command(folder: Path) -> None:
    open_world(None, folder)


def reset(folder: Path) -> None:
    StateFolder(folder).reset()


STARTS = pytest.mark.parametrize("begin", [start, start_command, reset])


@STARTS
@pytest.mark.parametrize("content", [b"", b"*", b"!*\n", None])
def test_every_start_lets_git_ignore_the_folder(used: Path, begin: Callable[[Path], None], content: Any) -> None:
    if content is None:
        (used / ".gitignore").unlink()
    else:
        (used / ".gitignore").write_bytes(content)
    begin(used)
    assert (used / ".gitignore").read_bytes() == b"*\n"


@STARTS
def test_every_start_takes_access_away_from_others(used: Path, begin: Callable[[Path], None]) -> None:
    for path in (used, *used.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    begin(used)
    assert {mode(path) for path in (used, *used.rglob("*")) if path.is_dir()} == {0o700}
    assert {mode(path) for path in used.rglob("*") if path.is_file() and path.name != ".gitignore"} <= {0o600}


def test_a_folder_that_was_there_first_is_private_with_the_first_key(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o777)
    (tmp_path / "state").chmod(0o777)
    with StateFolder(tmp_path / "state").locked():
        assert mode(tmp_path / "state") == 0o700


def test_a_link_among_the_keys_leads_to_no_other_file(used: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("")
    other.chmod(0o644)
    (used / "certificates" / "link.json").symlink_to(other)
    (used / "certificates").chmod(0o755)
    start(used)
    assert (mode(used / "certificates"), mode(other)) == (0o700, 0o644)


def test_a_folder_with_files_of_somebody_else_keeps_its_mode_and_its_gitignore(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    project.chmod(0o755)
    (project / "Pulumi.yaml").write_text("")
    (project / ".gitignore").write_text("node_modules\n")
    for _ in range(2):
        start(project)
        with StateFolder(project).locked():
            """Taking the lock makes the folder."""
    assert mode(project) == 0o755
    assert (project / ".gitignore").read_text() == "node_modules\n"
    assert mode(project / "certificates") == 0o700


def test_a_home_or_a_shared_folder_is_left_as_it_is(tmp_path: Path) -> None:
    home, shared = tmp_path / "home", tmp_path / "shared"
    for folder, others in ((home, 0o755), (shared, 0o1777)):
        folder.mkdir()
        folder.chmod(others)
    (home / ".gitignore").write_text("mine\n")
    for name in (".xsession", ".profile", ".bashrc_"):
        (home / name).write_text("mine\n")
        (home / name).chmod(0o600)
    before = tree(home)
    for folder, others in ((home, 0o755), (shared, 0o1777)):
        for begin in (start, start_command, reset):
            with StateFolder(folder).locked():
                """Taking the lock makes the folder."""
            begin(folder)
        assert mode(folder) == others
    assert before.items() <= tree(home).items()


def test_a_folder_of_other_certificates_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "mine.pem").write_text("")
    before = mode(tmp_path / "certificates")
    with pytest.raises(StateError, match="certificates: the folder holds other files; choose another"):
        StateFolder(tmp_path).locked().__enter__()
    assert mode(tmp_path / "certificates") == before


_WRITER = """
import os, sys
from pathlib import Path
from alicloud_device_certificates.emulator.world.state import Changes, StateFolder
folder = StateFolder(Path(sys.argv[1]))
os.replace = os.rename = lambda *_: os._exit(9)
with folder.locked():
    folder.save_changes(Changes(clock_offset="+2m"))
"""


@STARTS
def test_what_a_killed_writer_left_is_gone_after_the_next_start(used: Path, begin: Callable[[Path], None]) -> None:
    before = tree(used)
    killed = subprocess.run([sys.executable, "-c", _WRITER, str(used)], check=False)
    assert killed.returncode == 9
    left = tree(used).keys() - before.keys()
    assert len(left) == 1
    begin(used)
    assert not left & tree(used).keys()


def test_what_a_former_version_left_beside_the_changes_is_gone_too(used: Path) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".", dir=used)
    os.close(descriptor)
    start(used)
    assert not Path(name).exists()


def test_a_living_writers_file_is_never_taken_away(used: Path) -> None:
    living = StateFolder(used)
    other = StateFolder(used, lock_timeout=0.01)
    with living.locked():
        temporary = used / "certificates" / ".abcdefgh"
        temporary.write_text("")
        with pytest.raises(StateError, match="another process has held it"):
            other.mend()
        assert temporary.exists()
    other.mend()
    assert not temporary.exists()


def test_a_folder_in_order_is_only_read_by_a_start(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the folder was locked")

    monkeypatch.setattr(StateFolder, "locked", refuse)
    StateFolder(used).mend()
    StateFolder(used / "none").mend()
    assert not (used / "none").exists()


class FullDisk:
    """Fails the system call of the given number among those that a write makes, and all later ones."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
        self.left = allowed
        for name in ("mkdir", "open", "fsync", "replace", "rename", "chmod"):
            monkeypatch.setattr(os, name, self.counting(getattr(os, name)))
        monkeypatch.setattr(os, "fdopen", self.fdopen(os.fdopen))

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def counting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **more: Any) -> Any:
            # Reading, and removing what was half written, need no space.
            if call.__name__ != "open" or arguments[1] & os.O_CREAT:
                self.take()
            return call(*arguments, **more)

        return counted

    def fdopen(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def opened(*arguments: Any, **more: Any) -> Any:
            stream = call(*arguments, **more)
            write, disk = stream.write, self

            class Stream:
                def __enter__(self) -> Any:
                    return self

                def __exit__(self, *_: object) -> None:
                    stream.close()

                def write(self, content: bytes) -> None:
                    write(content[: len(content) // 2])
                    disk.take()
                    write(content[len(content) // 2 :])

                def flush(self) -> None:
                    disk.take()
                    stream.flush()

            return Stream()

        return opened


@pytest.mark.parametrize("allowed", range(40))
def test_a_disk_that_is_full_at_any_step_leaves_whole_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    folder = tmp_path / "state"

    def use() -> None:
        state = StateFolder(folder)
        with state.locked():
            state.save_changes(Changes(clock_offset="+1m"))
            state.save_changes(Changes(clock_offset="+2m"))

    with monkeypatch.context() as patch:
        disk = FullDisk(patch, allowed)
        try:
            use()
        except StateError as error:
            assert str(error).startswith(f"emulator state {folder}")
            assert "(No space left on device); free some space and try again" in str(error)
            assert "\n" not in str(error)
        else:
            assert disk.left >= 0
    seen = tree(folder) if folder.exists() else {}
    assert seen.get(".gitignore", b"*\n") == b"*\n"
    assert "changes.json" not in seen or json.loads(seen["changes.json"])["clock_offset"] in {"+1m", "+2m"}
    assert ".gitignore" in seen or not seen.keys() - {"lock"}, "a file that git would list"
    assert not [name for name in seen if Path(name).name not in {".gitignore", "lock", "changes.json"}]
    use()
    assert StateFolder(folder).changes().clock_offset == "+2m"


def test_the_full_disk_of_that_test_reaches_the_last_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FullDisk(monkeypatch, 1000)
    with (state := StateFolder(tmp_path / "state")).locked():
        state.save_changes(Changes(clock_offset="+1m"))
        state.save_changes(Changes(clock_offset="+2m"))
    assert 10 < 1000 - disk.left < 40


@pytest.mark.parametrize("limit", [0, 1, 100, 1000])
def test_a_limit_of_the_system_leaves_whole_files_and_one_line(tmp_path: Path, limit: int) -> None:
    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "alicloud_device_certificates", "emulator", "--state", str(tmp_path / "state")]
    ended = subprocess.run(
        [*command, "rotate", "gateway-01"], preexec_fn=lower, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"device-certificates: emulator state {tmp_path / 'state'}")
    assert ended.stderr.count("\n") == 1
    assert "File too large" in ended.stderr
    seen = tree(tmp_path / "state")
    assert seen.get(".gitignore", b"*\n") == b"*\n"
    assert all(json.loads(content) for name, content in seen.items() if name.endswith(".json"))
    assert not [name for name in seen if Path(name).name.startswith(".") and name != ".gitignore"]


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of this test's process, which has no rights beyond those of its user."""
    folder = Path(tempfile.mkdtemp())
    was_root = os.geteuid() == 0
    if was_root:
        # Python loads a codec when it is first used, and remembers a failure: nobody may not read root's Python.
        codecs.lookup("utf-8-sig")
        os.chown(folder, NOBODY, NOBODY)
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if was_root:
            os.seteuid(0)
            os.setegid(0)
        for path in folder.rglob("*"):
            if path.is_dir():
                path.chmod(0o700)
        shutil.rmtree(folder)


COMMANDS: tuple[list[str], ...] = (
    ["status"],
    ["rotate", "gateway-01"],
    ["renew", "gateway-01"],
    ["activate", "gateway-01"],
    ["deactivate", "gateway-01"],
    ["set-status", "gateway-01", "active"],
    ["add", "new"],
    ["remove", "gateway-01"],
    ["clock", "+1m"],
    ["reset"],
    [],
)


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *, but: tuple[str, ...] = ()) -> set[str]:
    """Return what all commands of the emulator say on this folder; each refuses in one line."""
    said = set()
    for command in COMMANDS:
        if not set(command) & set(but):
            assert main(["emulator", "--state", str(folder), *command]) == 1, command
            line = capsys.readouterr().err
            assert line.count("\n") == 1
            assert line.startswith(f"device-certificates: emulator state {folder}")
            said.add(line)
    return said


def test_a_read_only_folder_is_one_line_of_every_command(
    unprivileged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unprivileged / "state"
    folder.mkdir(mode=0o500)
    said = refused(folder, capsys)
    assert all("(Permission denied); choose another folder" in line for line in said)
    assert mode(folder) == 0o500


def test_a_read_only_folder_with_everything_in_it_can_be_read(
    unprivileged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unprivileged / "state"
    assert main(["emulator", "--state", str(folder), "rotate", "gateway-01"]) == 0
    for path in (folder / "certificates", folder):
        path.chmod(0o500)
    assert main(["emulator", "--state", str(folder), "status"]) == 0
    world = emulator_app(None, folder).world
    assert world.certificate(world.devices()["mqtt/post-cn-emulator01/00f26900ba87/356217374433aa01"])
    assert mode(folder) == 0o500


def test_a_folder_of_somebody_else_is_one_line_of_every_command(
    unprivileged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can make a folder of somebody else")
    folder = unprivileged / "state"
    os.seteuid(0)
    folder.mkdir(mode=0o700)
    (folder / "certificates").mkdir(mode=0o700)
    os.seteuid(NOBODY)
    said = refused(folder, capsys)
    assert all("belongs to the user root" in line for line in said)


def test_a_folder_of_somebody_else_that_all_can_write_to_is_one_line(unprivileged: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can make a folder of somebody else")
    folder = unprivileged / "state"
    os.seteuid(0)
    folder.mkdir()
    folder.chmod(0o777)
    os.seteuid(NOBODY)
    with pytest.raises(StateError, match=r"cannot be made private .* belongs to the user root"):
        start(folder)


def test_a_file_in_place_of_the_folder_is_one_line_of_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").write_text("mine")
    assert all("move the file away" in line for line in refused(tmp_path / "state", capsys))
    assert (tmp_path / "state").read_text() == "mine"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is damaged and was not changed"),
        ("\x00" * 100, "is damaged"),
        ("[" * 100_000, "is not of this version"),
        ('{"format": ' + "[" * 100_000, "is not of this version"),
        ('{"x": ' + "[" * 100_000, "is damaged"),
        ("[]", "is not of this version of pulumi-alicloud-device-certificates (Expected `object`, got `array`)"),
        ('{"certificates": []}', "unknown field `certificates`"),
        ('{"format": 2, "more": 1}', "is of a newer version of pulumi-alicloud-device-certificates (format 2;"),
        ('{"format": 2}', "is of a newer version"),
        ('{"clock_offset": "soon"}', "is damaged ('soon' is not a duration"),
        ('{"statuses": {"mqtt/a/b/c": "odd\\u001b"}}', "has the unknown status 'odd\\x1b'"),
        (
            '{"mqtt_devices": [{"mqtt_instance_id": "a", "ca_sn": "b", "device": {"sn": "1", "valid_from": "x"}}]}',
            "'x'",
        ),
    ],
)
def test_changes_that_are_none_are_one_line_of_every_command_but_reset(
    used: Path, capsys: pytest.CaptureFixture[str], content: str, told: str
) -> None:
    (used / "changes.json").write_text(content)
    said = refused(used, capsys, but=("reset",))
    assert all(told in line and "changes.json" in line for line in said)
    assert (used / "changes.json").read_text() == content
    assert main(["emulator", "--state", str(used), "reset"]) == 0
    assert main(["emulator", "--state", str(used), "status"]) == 0


def test_what_is_no_file_in_place_of_one_is_one_line(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (used / "changes.json").unlink()
    os.mkfifo(used / "changes.json", mode=0o600)
    assert all("Not a regular file" in line for line in refused(used, capsys, but=("reset",)))
    (used / "changes.json").unlink()
    (used / "changes.json").mkdir(mode=0o700)
    assert all("s a directory" in line for line in refused(used, capsys))


@pytest.mark.parametrize(
    "change",
    [
        {"certificate_pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
        {"certificate_pem": ""},
        {"private_key_pem": "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n"},
        {"not_after": 10**18},
        {"not_before": -(10**18)},
        {"serial_hex": "\x1b[31m"},
        {"certificate_id": "\ud83d"},
        {"identity": "mqtt/another"},
        {"format": 7},
        {"certificate_pem": None},
    ],
    ids=str,
)
def test_a_certificate_that_is_none_is_one_line_with_its_file(
    used: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any]
) -> None:
    (file,) = (used / "certificates").glob("mqtt_*.json")
    record = json.loads(file.read_text())
    file.write_text(json.dumps({**record, **change}))
    for command in (["renew", "gateway-01"], ["status"]):
        code = main(["emulator", "--state", str(used), *command])
        out, line = capsys.readouterr()
        if code == 0:  # a key is read only to use it
            assert "private_key_pem" in change
            continue
        assert line.startswith(f"device-certificates: emulator state {file}: the file is ")
        assert line.count("\n") == 1
        assert "\x1b" not in out + line


def test_a_key_that_is_none_is_one_line_with_its_file(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = (used / "certificates").glob("ca_*.json")
    key = "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n"
    file.write_text(json.dumps({**json.loads(file.read_text()), "private_key_pem": key}))
    assert main(["emulator", "--state", str(used), "rotate", "gateway-02"]) == 1
    line = capsys.readouterr().err
    assert f"{file}: the file is damaged (its private key cannot be read) and was not changed" in line
