"""One machine, many consoles, one boot: whose turn it is."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host import turn as turn_module
from wyrcan_tui.host.turn import Status, Turn

STATUS = Status("ttyS0", "quay.io/demo/os:1", "Fetching.", 1, 2, 3.5, "It failed.")

HOLDER = """\
import sys
from pathlib import Path
from wyrcan_tui.host.turn import Status, Turn

turn = Turn(Path(sys.argv[1]))
with turn.taken("tty1"):
    turn.tell(Status("tty1", "quay.io/demo/os:1", "Fetching."))
    print("taken", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the turn until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "taken\n"
        yield process


def test_status_is_told_while_the_turn_is_held_and_no_longer(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    assert turn.status() is None
    with turn.taken("ttyS0"):
        turn.tell(STATUS)
        assert Turn(tmp_path).status() == STATUS
    assert turn.status() is None


def test_second_process_is_told_who_has_the_turn(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    with another_process(tmp_path):
        with pytest.raises(WyrcanError) as caught, turn.taken("ttyS0"):
            pytest.fail("both have the turn")
        assert caught.value.code == "turn-taken"
        assert "tty1" in caught.value.message
        status = turn.status()
        assert status is not None
        assert status.owner == "tty1"
    with turn.taken("ttyS0"):
        pass


def test_process_that_dies_gives_the_turn_back(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    with another_process(tmp_path) as process:
        process.kill()
        process.wait()
    with turn.taken("ttyS0"):
        pass


def test_status_of_a_process_that_died_is_not_shown_for_ever(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    with another_process(tmp_path) as process:
        process.kill()
        process.wait()
    assert turn.status() is None


def test_turn_comes_back_after_a_failure(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    with pytest.raises(RuntimeError), turn.taken("ttyS0"):
        turn.tell(STATUS)
        raise RuntimeError
    assert turn.status() is None
    with turn.taken("tty1"):
        pass


def test_somebody_at_a_console_is_seen_by_all(tmp_path: Path) -> None:
    turn, other = Turn(tmp_path), Turn(tmp_path)
    assert not other.attended
    turn.attend()
    turn.attend()
    assert other.attended


def test_machine_counts_as_left_alone_some_time_after_the_last_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = Turn(tmp_path)
    turn.attend()
    assert turn.attended
    monkeypatch.setattr(turn_module, "ATTENTION", 0.0)
    assert not turn.attended


def test_menu_on_any_console_counts(tmp_path: Path) -> None:
    turn, other = Turn(tmp_path), Turn(tmp_path)
    assert not other.shown
    turn.show("ttyS0")
    assert other.shown


def test_garbage_in_the_status_file_is_no_status(tmp_path: Path) -> None:
    (tmp_path / "run/wyrcan").mkdir(parents=True)
    for garbage in (b"", b"{", b"\xff"):
        (tmp_path / "run/wyrcan/status").write_bytes(garbage)
        assert Turn(tmp_path).status() is None


def test_threads_of_one_process_may_put_the_same_mark_down_at_once(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    turn.attend()
    failures: list[Exception] = []

    def attend() -> None:
        try:
            for _ in range(500):
                turn.attend()
        except (OSError, WyrcanError) as error:
            failures.append(error)

    threads = [threading.Thread(target=attend) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [path.name for path in (tmp_path / "run/wyrcan").iterdir()] == ["attended"]


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    turn = Turn(tmp_path)
    for act in (turn.attend, lambda: turn.show("tty1"), lambda: turn.tell(STATUS), turn.taken("tty1").__enter__):
        with pytest.raises(WyrcanError) as caught:
            act()
        assert caught.value.code == "turn-unwritable"
        assert caught.value.hint == "Run as root."


def test_process_that_boots_by_itself_is_known_while_it_runs(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    assert not turn.stood_by
    code = "import sys, pathlib; from wyrcan_tui.host.turn import Turn; Turn(pathlib.Path(sys.argv[1])).stand_by()"
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True)
    assert not turn.stood_by
    turn.stand_by()
    assert Turn(tmp_path).stood_by
