"""``make corpus``: read every certificate of public corpora, and compare with ``openssl x509``.

The corpora are the package ``cryptography_vectors``, in the folder that ``--vectors`` names, and any other folders. The
exit code is 1 if the package loses, changes or rejects something that OpenSSL reads, or crashes.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.corpus.certificates import find_certificates
from tools.corpus.compare import Comparison, Outcome, compare
from tools.corpus.openssl import NoOpensslError, find_openssl, read_with_openssl

_BAD = (Outcome.LOST, Outcome.DIFFER, Outcome.ERROR, Outcome.CRASH)
_SHOWN = 300  # characters


def main() -> int:
    """Compare, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make corpus", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="folders of certificates")
    folders: list[Path] = parser.parse_args().folders
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        parser.error(f"not a folder: {', '.join(missing)}")
    try:
        openssl = find_openssl()
    except NoOpensslError as error:
        parser.error(str(error))
    # Whatever the parser warns of would be in the user's diagnostics.
    warnings.simplefilter("error")
    total: Counter[Outcome] = Counter()
    for folder in folders:
        counts: Counter[Outcome] = Counter()
        for file, comparison in _compare_all(folder, openssl):
            counts[comparison.outcome] += 1
            if comparison.outcome in _BAD:
                print(f"{comparison.outcome}: {file}: {_shortened(comparison.details)}", flush=True)
        print(f"{folder.name}: {_summary(counts)}", flush=True)
        total += counts
    if len(folders) > 1:
        print(f"all: {_summary(total)}")
    return int(any(total[outcome] for outcome in _BAD))


def _compare_all(folder: Path, openssl: str) -> Iterator[tuple[str, Comparison]]:
    def one(found: tuple[str, bytes]) -> tuple[str, Comparison]:
        file, der = found
        return file, compare(der, read_with_openssl(openssl, der))

    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        yield from pool.map(one, find_certificates(folder))


def _summary(counts: Counter[Outcome]) -> str:
    return f"{counts.total()} certificates: " + ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome)


def _shortened(text: str) -> str:
    line = "".join(character if character.isprintable() else "?" for character in text)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."


if __name__ == "__main__":
    sys.exit(main())
