"""The menu's first page is there before what only later pages need is loaded."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
import wyrcan_tui.__main__
import wyrcan_tui.tui.app
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """The modules that are loaded when the first page is shown."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "later",
    [
        "urllib3",
        "isal",
        "lz4",
        "backports.zstd",
        "wyrcan_tui.image.engine",
        "wyrcan_tui.registry.transport",
        "wyrcan_tui.cli.commands",
        "wyrcan_tui.demo.machine",
        "wyrcan_tui.tui.registry",
    ],
)
def test_first_page_needs_nothing_of_what_later_pages_bring(loaded: list[str], later: str) -> None:
    assert "wyrcan_tui.tui.home" in loaded
    assert [name for name in loaded if name == later or name.startswith(f"{later}.")] == []
