"""What is remembered of what was done, and that no secret is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.history import History, system_lines
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.host.log import SystemLog
from wyrcan_tui.progress import Item, Meter, Progress, Stage

NOON = datetime(2026, 1, 1, 12, 30, 5, tzinfo=UTC)


def words(history: History) -> list[str]:
    """The sentences alone."""
    return [event.words for event in history.events]


def test_event_tells_the_time_and_the_words() -> None:
    history = History(lambda: NOON)
    history.note("Saved.")
    assert [str(event) for event in history.events] == ["12:30:05  Saved."]


def test_same_words_twice_in_a_row_are_remembered_once() -> None:
    history = History()
    for sentence in ("One.", "One.", "Two.", "One."):
        history.note(sentence)
    assert words(history) == ["One.", "Two.", "One."]


def test_oldest_events_go_first() -> None:
    history = History()
    for number in range(600):
        history.note(f"{number}")
    assert (words(history)[0], words(history)[-1], len(history.events)) == ("100", "599", 500)


def test_steps_and_troubles_of_a_boot_are_remembered_and_passed_on() -> None:
    history, seen = History(), list[Progress]()
    meter = Meter(history.listening(seen.append, steps=True))
    meter.enter(Stage.LAYERS, "Fetching.", [Item("a", 0, 2), Item("b", 0, 2)])
    meter.trouble("It broke off. Trying again in 1 s.")
    meter.advance(0, 2)
    meter.advance(1, 2)
    assert words(history) == ["Fetching.", "It broke off. Trying again in 1 s.", "Fetching."]
    assert len(seen) == 4


def test_troubles_alone_are_remembered_where_the_steps_are_seen_anyway() -> None:
    history = History()
    meter = Meter(history.listening())
    meter.enter(Stage.LAYERS, "Fetching.", [Item("a", 0, 2)])
    meter.trouble("It broke off.")
    meter.advance(0, 2)
    assert words(history) == ["It broke off."]


def test_error_is_remembered_with_its_code() -> None:
    history = History()
    history.note_error(WyrcanError("tag-missing", "There is no such tag.", hint="Choose another."))
    assert words(history) == ["There is no such tag. (tag-missing)"]


def test_what_could_play_with_the_terminal_is_remembered_harmlessly() -> None:
    history = History()
    history.note("\x1b[2J\x07")
    assert words(history) == [r"\x1b[2J\x07"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("wyr.proxy=http://me:sesame@proxy:3128 quiet", "wyr.proxy=http://...@proxy:3128 quiet"),
        ("wyr.net.netdev.wg.WireGuard.PrivateKey=sesame= x", "wyr.net.netdev.wg.WireGuard.PrivateKey=... x"),
        ('rd.password="open sesame" x', "rd.password=... x"),
        ("ignition.config.url=https://a/b?token=sesame&c=d", "ignition.config.url=https://a/b?token=...&c=d"),
        ('{"auths":{"a.io":{"auth":"sesame"}}}', '{"auths":{"a.io":{"auth":"..."}}}'),
        ('"identitytoken" : "sesame', '"identitytoken" : "...'),
        ('{"WireGuardPeer":{"PresharedKey":"sesame"}}', '{"WireGuardPeer":{"PresharedKey":"..."}}'),
        ("Authorization: Basic c2VzYW1lCg== was sent", "Authorization: Basic ... was sent"),
        ("Authorization: Bearer sesame.sesame", "Authorization: Bearer ..."),
    ],
)
def test_secrets_are_left_out(text: str, shown: str) -> None:
    assert redacted(text) == shown
    history = History()
    history.note(text)
    assert "sesame" not in words(history)[0]


@pytest.mark.parametrize(
    "text",
    [
        "quay.io/fedora/fedora-bootc@sha256:0123 at https://quay.io/v2/",
        "The password is wrong.",
        "Log in with an access token, or choose another registry.",
        "BOOT_IMAGE=/boot/wyrcan.kernel console=ttyS0 wyr.img=a/b:1",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_secrets_in_the_kernel_s_log_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/kmsg").write_text("6,1,0,-;Command line: wyr.proxy=http://me:sesame@proxy wyr.arg=quiet\n")
    lines = system_lines(SystemLog(tmp_path))
    assert lines.kernel == ("[    0.000000] Command line: wyr.proxy=http://...@proxy wyr.arg=quiet",)
    assert lines.services == ()
