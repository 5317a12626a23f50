"""The build script says what it can do, and refuses the rest before it does anything."""

import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def build_iso(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the build script."""
    return subprocess.run(
        [PROJECT / "build-iso.sh", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_help_names_every_option() -> None:
    done = build_iso("--help")
    assert done.returncode == 0
    for option in ("--boot", "--bios", "--window", "--forget", "--output", "--help"):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["--unknown"], "--unknown"),
        (["surplus"], "surplus"),
        (["--output"], "--output"),
        (["--bios"], "--bios needs --boot"),
        (["--boot", "--output", "elsewhere"], "--output"),
    ],
)
def test_wrong_options_are_refused_by_name(arguments: list[str], wrong: str) -> None:
    done = build_iso(*arguments)
    assert done.returncode == 2
    assert wrong in done.stderr
    assert "--help" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("script", "arguments", "wrong"),
    [
        ("tests/run", ["--unknown"], "--unknown"),
        ("bench/run", ["--unknown"], "--unknown"),
        ("bench/run", ["--runs"], "--runs"),
        ("bench/run", ["--runs", "0"], "--runs"),
    ],
)
def test_tests_and_benchmark_refuse_them_too(script: str, arguments: list[str], wrong: str) -> None:
    done = subprocess.run([PROJECT / script, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert wrong in done.stderr
    assert f"{script} --help" in done.stderr
