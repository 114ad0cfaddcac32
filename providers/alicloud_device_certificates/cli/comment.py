"""`device-certificates comment FILE`: puts a Markdown report on the pull or merge request that the CI job runs for."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_comment(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `comment` to the program's commands."""
    parser = commands.add_parser(
        "comment",
        help="put a Markdown report on the pull or merge request of this CI job",
        description="Puts a Markdown report on the pull request (GitHub Actions, with GITHUB_TOKEN) or merge request "
        "(GitLab CI, with GITLAB_TOKEN) that this job runs for, as one comment that the next run edits. Where the job "
        "runs for neither, nothing is done.",
        epilog="exit codes: 0 it is there, or there is nowhere to put it; 1 it could not be put there.",
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="written by `device-certificates preview --markdown FILE`"
    )
    parser.set_defaults(run=_comment, parser=parser, usage_exit=1)


def _comment(options: argparse.Namespace) -> None:
    import os

    from alicloud_device_certificates.gate.comment.comment import put_comment
    from alicloud_device_certificates.gate.comment.forges import find_thread

    where = find_thread(os.environ)
    if where is None:
        print("this job runs for no pull or merge request: nothing to comment on")  # noqa: T201
        return
    done = put_comment(_markdown(options.file), where)
    print(f"{done} the comment on {where.title}")  # noqa: T201


def _markdown(file: Path) -> str:
    from alicloud_device_certificates.gate.comment.forges import CommentError

    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise CommentError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommentError(f"{file}: is not UTF-8") from None
