"""What every machine starts is there before what only some need is loaded."""

import json
import subprocess
import sys

import pytest

BOOT = ["urllib3", "isal", "lz4", "backports.zstd", "wyrcan_tui.image.engine", "wyrcan_tui.registry.transport"]
"""What boots an image."""


def loaded_with(module: str) -> list[str]:
    """The modules that are loaded when the program has come to this one."""
    program = f"import json, sys, wyrcan_tui.__main__, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """The modules that are loaded when the first page is shown."""
    return loaded_with("wyrcan_tui.tui.app")


@pytest.mark.parametrize(
    "later", [*BOOT, "wyrcan_tui.cli.commands", "wyrcan_tui.demo.machine", "wyrcan_tui.tui.registry"]
)
def test_first_page_needs_nothing_of_what_later_pages_bring(loaded: list[str], later: str) -> None:
    assert "wyrcan_tui.tui.home" in loaded
    assert [name for name in loaded if name == later or name.startswith(f"{later}.")] == []


@pytest.mark.parametrize("command", ["boot", "net"])
def test_commands_of_every_start_need_nothing_that_boots_until_there_is_an_image(command: str) -> None:
    loaded = loaded_with(f"wyrcan_tui.cli.commands.{command}")
    assert [name for name in loaded if name.startswith((*BOOT, "textual"))] == []
