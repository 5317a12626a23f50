"""What people keep in /etc/containers."""

from pathlib import Path

from wyrcan_tui.host.settings import Settings, read_files


def write(folder: Path, *names: str) -> None:
    """Make files that hold their own names."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_files_that_concern_registries_are_read_and_no_others(tmp_path: Path) -> None:
    names = ["auth.json", "registries.conf", "registries.conf.d/a.conf", "certs.d/h:5000/ca.crt", "certs.d/h/c.key"]
    write(tmp_path, *names, "policy.json", "registries.conf.d/a.txt", "certs.d/loose.crt", "deep/auth.json")
    assert read_files(tmp_path) == {name: name.encode() for name in names}


def test_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert read_files(tmp_path / "no") == {}


def test_logins_of_the_person_come_before_the_system_s(tmp_path: Path) -> None:
    write(tmp_path, "etc/containers/auth.json", "home/auth.json")
    logins = (tmp_path / "missing", tmp_path / "home/auth.json")
    assert Settings(tmp_path, logins).read() == (
        {"auth.json": b"home/auth.json"},
        {"auth.json": b"etc/containers/auth.json"},
    )


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "auth.json").mkdir()
    (tmp_path / "registries.conf").symlink_to(tmp_path / "nowhere")
    assert read_files(tmp_path) == {}
