"""Handing another kernel over, and what the kernel that runs has against it, in words."""

import ctypes
import errno
import os
from pathlib import Path

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.kexec import Kexec


def refusal(kernel: Path, initrd: Path) -> WyrcanError:
    """Why the kernel that runs here does not take these two."""
    with kernel.open("rb") as kernel_file, initrd.open("rb") as initrd_file, pytest.raises(WyrcanError) as raised:
        Kexec(Path("/")).load(kernel_file.fileno(), initrd_file.fileno(), "quiet")
    return raised.value


def test_what_is_no_kernel_is_refused_by_the_kernel_that_runs_here(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"no kernel" * 1000)
    error = refusal(rubbish, rubbish)
    # Not everybody may load a kernel, and not every kernel can; those are asked no further.
    may = os.geteuid() == 0 and Path("/sys/kernel/kexec_loaded").exists()
    assert error.code in (("kexec-format", "kexec-denied") if may else ("kexec-denied",))
    assert error.hint


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EPERM, "kexec-denied"),
        (errno.EACCES, "kexec-denied"),
        (errno.EKEYREJECTED, "kexec-denied"),
        (errno.ENOKEY, "kexec-denied"),
        (errno.EBADMSG, "kexec-denied"),
        (errno.ENODATA, "kexec-denied"),
        (errno.ENOSYS, "kexec-denied"),
        (errno.ENOEXEC, "kexec-format"),
        (errno.EINVAL, "kexec-format"),
        (errno.ENOMEM, "kexec-memory"),
        (errno.EADDRNOTAVAIL, "kexec-memory"),
        (errno.E2BIG, "kexec-memory"),
        (errno.EFBIG, "kexec-memory"),
        (errno.EBUSY, "kexec-failed"),
        (errno.EIO, "kexec-failed"),
    ],
)
def test_each_reason_of_the_kernel_is_told_in_words(
    number: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Libc:
        """What fails for this reason."""

        def syscall(self, *arguments: object) -> int:
            """Fail."""
            ctypes.set_errno(number)
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda name, use_errno: Libc())
    file = tmp_path / "file"
    file.touch()
    error = refusal(file, file)
    assert error.code == code
    assert os.strerror(number) in error.message
    assert error.hint


def test_system_without_a_modprobe_that_it_may_run_loads_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modprobe = tmp_path / "modprobe"
    modprobe.touch(mode=0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal(modprobe, modprobe).code.startswith("kexec-")


def test_hash_that_the_processor_is_fast_at_is_loaded_before_the_initrd_is_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    modprobe = tmp_path / "modprobe"
    modprobe.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n')
    modprobe.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    asked_before: list[str] = []

    class Libc:
        """What takes all that it is given."""

        def syscall(self, *arguments: object) -> int:
            """Take it."""
            asked_before.append(asked.read_text())
            return 0

    monkeypatch.setattr(ctypes, "CDLL", lambda name, use_errno: Libc())
    Kexec(Path("/")).load(3, 4, "quiet")
    assert asked_before == ["-q sha256_ssse3\n"]


def test_nothing_loaded_is_taken_back_without_a_word() -> None:
    Kexec(Path("/")).unload()
