"""`python -m tools.docs` writes anew every page and every source file that is made from the list of outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tools.docs.outputs_page import outputs_page
from tools.docs.typescript_types import typescript_types

CHECKOUT: Final = Path(__file__).resolve().parents[2]
WRITTEN: Final = {
    Path("docs", "outputs.md"): outputs_page,
    Path("examples", "typescript", "outputs.ts"): typescript_types,
}


def main() -> None:
    """Write each, and name those that have changed."""
    for path, make in WRITTEN.items():
        place, text = CHECKOUT / path, make()
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")
            print(path)


if __name__ == "__main__":
    main()
