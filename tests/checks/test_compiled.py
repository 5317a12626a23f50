"""The engine as the ISO has it, its modules compiled, passes its tests as well."""

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
SHOW = "import sys, importlib; [print(importlib.import_module(name).__file__) for name in sys.argv[1:]]"
TEST = "import sys, wyrcan_tui.image.engine, pytest; sys.exit(pytest.main(sys.argv[1:]))"
"""The modules are loaded first, before pytest puts the project in front of all other places."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("package")


@pytest.fixture(scope="module")
def modules(package: Path) -> list[str]:
    """The names of the compiled modules, once they are in `package`."""
    command: list[str | Path] = ["bash", "-euc", COMPILE, package, Path(sys.executable).parent]
    told = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.removesuffix(".py").replace("/", ".") for line in told.splitlines()]


def run(package: Path, code: str, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-P", "-c", code, *arguments]
    result = subprocess.run(
        command,
        cwd=PROJECT,
        env=environment | {"PYTHONPATH": str(package)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    return result.stdout


def test_modules_are_loaded_compiled(package: Path, modules: list[str]) -> None:
    files = run(package, SHOW, *modules).splitlines()
    assert len(files) == len(modules) > 0
    assert all(file.startswith(f"{package}/") and file.endswith(".so") for file in files)


@pytest.mark.usefixtures("modules")
def test_engine_passes_its_tests(package: Path) -> None:
    told = run(package, TEST, "-q", "-p", "no:cacheprovider", "tests/unit/image", "tests/unit/kernel")
    assert " passed" in told.splitlines()[-1]
