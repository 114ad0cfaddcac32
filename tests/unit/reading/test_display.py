"""Whether the engine's display is a terminal, by what the system knows of the CLI's process."""

from __future__ import annotations

from pathlib import Path

import pytest

from alicloud_device_certificates.reading.display import is_drawn


def process(proc: Path, pid: int, comm: str, parent: int, output: str, *arguments: str) -> None:
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(f"{comm}\n")
    (folder / "stat").write_text(f"{pid} ({comm}) S {parent} 1 1 0 -1\n")
    (folder / "cmdline").write_text("\0".join((comm, *arguments, "")))
    (folder / "fd" / "1").symlink_to(output)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A shell on a terminal that is the parent of what a test adds."""
    (tmp_path / "self").mkdir()
    process(tmp_path, 10, "bash", 1, "/dev/pts/0")
    return tmp_path


@pytest.mark.parametrize(
    ("output", "arguments", "is_terminal"),
    [
        ("/dev/pts/0", ["preview"], True),
        ("/dev/tty1", ["up", "--yes"], True),
        ("pipe:[4026]", ["preview"], False),
        ("/tmp/preview.log", ["preview"], False),
        ("/dev/null", ["preview"], False),
        ("/dev/pts/0", ["preview", "--non-interactive"], False),
    ],
)
def test_the_output_of_the_command_decides(proc: Path, output: str, arguments: list[str], is_terminal: bool) -> None:
    process(proc, 20, "pulumi", 10, output, *arguments)
    process(proc, 30, "pulumi-language", 20, "pipe:[1]")
    process(proc, 40, "odd) (name", 30, "pipe:[2]")
    assert is_drawn({}, pid=40, proc=proc) is is_terminal


@pytest.mark.parametrize(("value", "is_terminal"), [("true", False), ("1", False), ("false", True), ("", True)])
def test_ci_is_no_terminal_even_if_it_has_one(proc: Path, value: str, is_terminal: bool) -> None:
    process(proc, 20, "pulumi", 10, "/dev/pts/0")
    assert is_drawn({"CI": value}, pid=20, proc=proc) is is_terminal


def test_without_the_command_above_it_there_is_no_display(proc: Path) -> None:
    assert not is_drawn({}, pid=10, proc=proc)


def test_a_system_without_process_folders_has_a_terminal_unless_it_is_ci(tmp_path: Path) -> None:
    assert is_drawn({}, pid=10, proc=tmp_path)
    assert not is_drawn({"CI": "true"}, pid=10, proc=tmp_path)
