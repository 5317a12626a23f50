"""The Containerfile of the Debian example is built as its readers do it, on a root that no registry had."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
BASE = "localhost/trixie"
TAG = "localhost/demo/debian:trixie"


@pytest.fixture
def buildah(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Runs buildah with a store of its own, and returns what it prints. Afterwards all that was made is gone."""
    store = tmp_path / "buildah"

    def run(*words: object) -> str:
        command = ["buildah", "--root", store / "root", "--runroot", store / "run", "--storage-driver", "vfs", *words]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr
        return str(done.stdout).strip()

    yield run
    shutil.rmtree(tmp_path)


def wyrcan(*words: object) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "wyrcan_tui", *map(str, words)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.mark.long
def test_containerfile_gives_an_image_that_boots(buildah: Callable[..., str], tmp_path: Path) -> None:
    root = tmp_path / "trixie.tar"
    subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "trixie", root], check=True)
    container = buildah("from", "scratch")
    buildah("add", container, root, "/")
    buildah("commit", "--rm", container, BASE)
    root.unlink()
    buildah("build", "--isolation", "chroot", "--from", BASE, "--tag", TAG, PROJECT / "examples/debian")
    layout = tmp_path / "layout"
    buildah("push", TAG, f"oci:{layout}:trixie")

    report = json.loads(wyrcan("check", "--quiet", "--json", f"oci:{layout}:trixie"))
    assert report["bootable"]
    assert report["kernel"] == f"/boot/vmlinuz-{report['release']}"
    assert (report["init"], report["compression"]) == ("/init", "zstd")
    assert report["cmdline"].startswith("quiet systemd.show_status=yes")

    unpacked = tmp_path / "root"
    wyrcan("unpack", "--quiet", f"oci:{layout}:trixie", unpacked)
    assert (unpacked / "usr/local/bin/ssh-keys").stat().st_mode & 0o777 == 0o755
    assert (unpacked / "etc/resolv.conf").is_symlink()
    assert (unpacked / "etc/machine-id").read_bytes() == b""
    # Nothing that all machines would share, and nothing that is not needed.
    for pattern in ("etc/ssh/ssh_host_*", "boot/initrd*", "initrd*", "var/lib/apt/lists/*_*", "tmp/*"):
        assert list(unpacked.glob(pattern)) == [], pattern
