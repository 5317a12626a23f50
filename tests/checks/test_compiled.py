"""The engine as the ISO has it, its modules compiled: it passes its tests, and keeps nothing of an image in memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
COMPILE = """
    . iso/engine.sh
    compile_engine "$0" env --chdir="$0" PATH="$1:$PATH"
    printf '%s\\n' "${engine_modules[@]}"
"""
SHOW = """
import importlib, sys
for name in sys.argv[1:]:
    print(importlib.import_module(name).__file__)
"""
TEST = """
import sys
# First, before pytest puts the project in front of all other places.
import wyrcan_tui.image.engine
import pytest
failed = pytest.main(sys.argv[1:])
print(sys.modules["wyrcan_tui.image.tar"].__file__)
sys.exit(failed)
"""
KEEP = """
import sys
from tests.support.image import Dir, File, Hardlink, Layer, Symlink
from tests.support.stack import pack_tars

folders, files = [f"folder-{number}" for number in range(500)], [f"{number:0150}" for number in range(500)]
tars = [
    Layer([*map(Dir, folders), *(File(f"folder-1/{name}", name.encode()) for name in files)]).tar,
    Layer([*(Hardlink(f"folder-2/{name}", f"folder-1/{name}") for name in files), Symlink("link", "folder-1")]).tar,
]
for number in range(12):
    if number == 2:
        before = sys.getallocatedblocks()
    pack_tars(tars)
print(sys.getallocatedblocks() - before)
print(sys.modules["wyrcan_tui.image.tar"].__file__)
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("package")


@pytest.fixture(scope="module")
def modules(package: Path) -> list[str]:
    """The names of the compiled modules, once they are in `package`."""
    command: list[str | Path] = ["bash", "-euc", COMPILE, package, Path(sys.executable).parent]
    told = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.removesuffix(".py").replace("/", ".") for line in told.splitlines()]


def run(package: Path, code: str, *arguments: str) -> list[str]:
    """The lines that Python prints for this code, with the compiled modules in front of their sources."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    result = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        cwd=PROJECT,
        env=environment | {"PYTHONPATH": f"{package}{os.pathsep}{PROJECT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    return result.stdout.splitlines()


def is_compiled(package: Path, file: str) -> bool:
    return file.startswith(f"{package}/") and file.endswith(".so")


def test_modules_are_loaded_compiled(package: Path, modules: list[str]) -> None:
    files = run(package, SHOW, *modules)
    assert len(files) == len(modules) > 0
    assert all(is_compiled(package, file) for file in files)


@pytest.mark.usefixtures("modules")
def test_engine_passes_its_tests(package: Path) -> None:
    *_, summary, file = run(package, TEST, "-q", "-p", "no:cacheprovider", "tests/unit/image", "tests/unit/kernel")
    assert " passed" in summary
    assert is_compiled(package, file)


@pytest.mark.usefixtures("modules")
def test_engine_keeps_nothing_of_an_image(package: Path) -> None:
    # Compilers did that once, with what `+` had on its left: some hundred bytes for each file.
    blocks, file = run(package, KEEP)
    assert is_compiled(package, file)
    assert int(blocks) < 500
