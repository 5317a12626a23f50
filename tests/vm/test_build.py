"""The build gives the same bytes for the same inputs, and leaves nothing behind."""

import subprocess
from filecmp import cmp
from pathlib import Path

import pytest

from tests.vm.conftest import BUILD

RESULTS = ["boot.ipxe", "net/bios.pxe", "wyrcan.efi", "wyrcan.initrd", "wyrcan.iso", "wyrcan.kernel", "wyrcan.oci"]


@pytest.mark.long
def test_build_from_nothing_gives_the_bytes_of_the_build_under_test(iso: Path, tmp_path: Path) -> None:
    output = tmp_path / "another, longer place"
    subprocess.run([iso.parents[1] / "build-iso.sh", "--oci", "--output", output], check=True)
    assert {path.name for path in output.iterdir()} == {"cache", *(name.partition("/")[0] for name in RESULTS)}
    differing = [name for name in RESULTS if not cmp(output / name, BUILD / name, shallow=False)]
    assert differing == [], (
        "Where there is a newer commit since build/ was made, or Debian has newer packages, remove it and run again."
    )
