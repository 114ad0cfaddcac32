"""Write every page and source file that follows from code: ``python -m tools.docs``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tools.docs.pages import written

CHECKOUT: Final = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write the files that have changed, and print their paths."""
    for path, render in sorted(written().items()):
        place = CHECKOUT / path
        before = place.read_text(encoding="utf-8") if place.exists() else ""
        after = render(before)
        if after != before:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(after, encoding="utf-8")
            print(path)


if __name__ == "__main__":
    main()
