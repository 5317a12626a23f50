"""The build script says what it can do, and refuses the rest before it does anything."""

import os
import shutil
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
    for option in ("--boot", "--bios", "--window", "--forget", "--oci", "--output", "--help"):
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


@pytest.mark.skipif(os.geteuid() != 0, reason="the build looks for a date only as root")
@pytest.mark.parametrize(("given", "said"), [(None, True), ("1700000000", False)])
def test_date_that_git_cannot_tell_is_said_aloud(tmp_path: Path, given: str | None, said: bool) -> None:
    shutil.copytree(PROJECT / "iso", tmp_path / "iso", symlinks=True)
    shutil.copy(PROJECT / "build-iso.sh", tmp_path)
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment |= {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)} | ({"SOURCE_DATE_EPOCH": given} if given else {})
    # A place where nothing can be made stops the build after that.
    command = tmp_path / "build-iso.sh"
    done = subprocess.run(
        [command, "--output", "/proc/nowhere"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert "/proc/nowhere cannot be made" in done.stderr
    assert ("2026-01-01" in done.stderr and "not a git repository" in done.stderr) is said
