"""``device-certificates comment FILE``: put a Markdown report on the pull or merge request of a CI job."""

from __future__ import annotations

import argparse
from pathlib import Path

from alicloud_device_certificates.cli.commands import Commands
from alicloud_device_certificates.cli.streams import say


def add_comment(commands: Commands) -> None:
    """Add ``comment`` to the program's commands."""
    parser = commands.add_parser(
        "comment",
        help="put a Markdown report on the pull or merge request of this CI job",
        description="Put a Markdown report on the pull request (GitHub Actions, with GITHUB_TOKEN) or merge request "
        "(GitLab CI, with GITLAB_TOKEN) of this job, as one comment that the next run updates. If the job has neither, "
        "do nothing.",
        epilog="Exit codes: 0 OK, or there is no request to comment on; 1 the comment could not be written.",
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a report of `device-certificates preview --markdown FILE`"
    )
    parser.add_argument(
        "--number",
        metavar="N",
        type=_number,
        help="the pull or merge request of this repository or project (default: the job's own); for jobs that are "
        "started by hand, by a schedule or by another workflow (workflow_run)",
    )
    parser.set_defaults(run=_comment, parser=parser, usage_exit=1)


def _comment(options: argparse.Namespace) -> None:
    import os

    from alicloud_device_certificates.gate.comment.comment import put_comment
    from alicloud_device_certificates.gate.comment.forges import find_thread

    thread = find_thread(os.environ, options.number)
    if thread is None:
        say("this job has no pull or merge request to comment on")
        return
    done = put_comment(_markdown(options.file), thread)
    say(f"{done} the comment on {thread.title}")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a number from 1")
    return int(text)


def _markdown(file: Path) -> str:
    from alicloud_device_certificates.gate.comment.forges import CommentError

    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise CommentError(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommentError(f"{file} is not UTF-8") from None
