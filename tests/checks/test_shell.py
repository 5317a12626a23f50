"""The shell scripts are clean to shellcheck."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NOT_OURS = {".git", "build"}


def scripts(folder: Path) -> Iterator[Path]:
    """Every shell script below `folder`, known by its name or its first line."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or (path.parent == PROJECT and path.name in NOT_OURS):
            continue
        if path.is_dir():
            yield from scripts(path)
        elif path.is_file() and (path.suffix == ".sh" or is_run_by_a_shell(path)):
            yield path


def is_run_by_a_shell(path: Path) -> bool:
    """Whether the first line names a shell."""
    with path.open("rb") as file:
        first_line = file.readline(100).rstrip()
    return first_line.startswith(b"#!") and first_line.endswith(b"sh")


def test_shellcheck_finds_nothing() -> None:
    found = [str(path.relative_to(PROJECT)) for path in scripts(PROJECT)]
    assert {"build-iso.sh", "tests/run", "iso/needs.sh"} <= set(found)
    done = subprocess.run(
        ["shellcheck", "--external-sources", *found], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
