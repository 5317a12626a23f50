"""The build gives the same bytes for the same inputs, and leaves nothing behind."""

import subprocess
from pathlib import Path

from tests.vm.conftest import BUILD

RESULTS = ["boot.ipxe", "net/bios.pxe", "wyrcan.efi", "wyrcan.initrd", "wyrcan.iso", "wyrcan.kernel", "wyrcan.oci"]


def test_build_from_nothing_gives_the_bytes_of_the_build_under_test(iso: Path, tmp_path: Path) -> None:
    output = tmp_path / "another, longer place"
    subprocess.run([iso.parents[1] / "build-iso.sh", "--oci", "--output", output], check=True)
    assert {path.name for path in output.iterdir()} == {"cache", *(name.partition("/")[0] for name in RESULTS)}
    for name in RESULTS:
        assert (output / name).read_bytes() == (BUILD / name).read_bytes(), (
            f"{name} differs. Where Debian has newer packages since build/cache was made, remove that and run again."
        )
