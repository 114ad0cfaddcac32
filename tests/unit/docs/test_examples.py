from __future__ import annotations

import json
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples" / "typescript"


def test_the_lock_file_of_the_example_is_pinned_and_holds_no_download_address() -> None:
    packages = json.loads((EXAMPLE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((EXAMPLE / "package.json").read_text(encoding="utf-8"))
    assert packages.pop("")["dependencies"] == wanted["dependencies"]
    assert packages
    for name, package in packages.items():
        assert package.get("integrity", "").startswith("sha512-"), name
        assert "resolved" not in package, name
