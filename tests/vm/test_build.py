"""The build gives the same bytes for the same inputs, and leaves nothing behind."""

import subprocess
from pathlib import Path

from tests.vm.conftest import BUILD

RESULTS = ["wyrcan.initrd", "wyrcan.iso", "wyrcan.kernel"]


def test_build_from_nothing_gives_the_bytes_of_the_build_under_test(iso: Path, tmp_path: Path) -> None:
    output = tmp_path / "another, longer place"
    subprocess.run([iso.parents[1] / "build-iso.sh", "--output", output], check=True)
    assert sorted(path.name for path in output.iterdir()) == ["cache", *RESULTS]
    for name in RESULTS:
        assert (output / name).read_bytes() == (BUILD / name).read_bytes(), (
            f"{name} differs. Where Debian has newer packages since build/cache was made, remove that and run again."
        )
