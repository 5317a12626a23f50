"""Folders to mount something on."""

from pathlib import Path

from wyrcan_tui.host.mounts import mount_point


def test_folder_to_mount_on_is_there_for_a_while() -> None:
    with mount_point() as folder:
        assert list(Path(folder).iterdir()) == []
    assert not Path(folder).exists()


def test_what_is_still_mounted_is_never_emptied() -> None:
    with mount_point() as folder:
        Path(folder, "on the medium").write_text("kept")
    assert Path(folder, "on the medium").read_text() == "kept"
    Path(folder, "on the medium").unlink()
    Path(folder).rmdir()
