"""What goes wrong: it is told in words, and costs nobody what they have."""

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plain.person import Person, somebody_at
from tests.support.bootable import bootable_image
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.registry import Registry
from tests.support.rig import Rig

USER, PASSWORD = "me", "s3cret"
LOGIN = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
INTERRUPT = b"\x03"


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Registry]:
    """A registry that wants a name and a password."""
    with Registry(tmp_path / "private", users={USER: PASSWORD}) as registry:
        registry.push_image("demo/os", "1", bootable_image())
        yield registry


def log_in(person: Person, password: str, keep: str = "no") -> None:
    """Answer the questions."""
    person.wait_for("Log in to")
    person.wait_for_question("User name: ")
    person.type(USER)
    person.wait_for_question("not shown: ")
    person.type(password)
    person.wait_for("can be read by whoever")
    person.wait_for_question()
    person.type(keep)


def test_login_opens_the_registry_and_is_kept_where_somebody_wants_that(tmp_path: Path, private: Registry) -> None:
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={private.url}")
    with somebody_at(rig) as person:
        person.choose(private.host)
        person.wait_for("does not list its repositories", "l log in")
        person.wait_for_question()
        person.type("l")
        log_in(person, "wrong")
        person.wait_for("does not accept our login")
        person.choose("Log in to")
        log_in(person, PASSWORD, keep="yes")
        person.choose("demo/os")
        person.choose("  1")
        person.choose("Boot this image")
        person.choose("Boot always")
        person.wait_for('"auths"', "Save it?")
        person.wait_for_question()
        person.type("yes")
        person.wait_until(lambda: person.kexec.executed, "the jump")
        printed = person.printed.decode()
    assert PASSWORD not in printed
    assert LOGIN not in printed
    assert json.loads(rig.saved or b"")["auths"] == {private.host: {"auth": LOGIN}}


def test_error_has_details_and_another_try(tmp_path: Path) -> None:
    with FaultyRegistry() as registry:
        registry.answer("/v2/_catalog", Answer(400), Answer(body=json.dumps({"repositories": ["a/b"]}).encode()))
        rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={registry.url}")
        with somebody_at(rig) as person:
            person.choose(registry.host)
            person.wait_for("That did not work: The registry", "1 Try again", "2 Go back", "3 Details")
            person.choose("Details")
            person.wait_for("code: registry-")
            person.choose("Try again")
            person.wait_for("1 repository")


def test_way_to_an_image_is_looked_at_step_by_step(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.choose("Type a reference")
        person.wait_for_question("Reference: ")
        person.type("127.0.0.1:1/demo/os:1")
        person.choose("Find out why")
        person.wait_for("FAILED", "It ends at link.", "Look again")
        person.wait_for_question()
        person.type("b")
        person.wait_for("Try again")


def test_ctrl_c_stops_a_transfer_that_stands_still_without_harm(rig: Rig, tmp_path: Path) -> None:
    image = bootable_image()
    with FaultyRegistry() as registry:
        registry.answer(
            "/v2/demo/os/manifests/1", Answer(headers={"Content-Type": image.manifests[0][0]}, body=image.manifest)
        )
        for name, blob in image.blobs.items():
            registry.answer(f"/v2/demo/os/blobs/{name}", Answer(body=blob))
        registry.answer(f"/v2/demo/os/blobs/{image.layers[0].digest}", Answer(body=bytes(401), trickle=60))
        rig.save(json.dumps({"image": f"{registry.host}/demo/os:1", "registries": [registry.url]}).encode())
        with somebody_at(rig) as person:
            person.choose("Boot 127")
            person.choose("Boot once")
            person.wait_for("Ctrl-C stops it", "Fetching the image and packing it.")
            person.send(INTERRUPT)
            person.wait_for("Stopped. Nothing was started.", "Boot once")
            person.wait_for_question()
            person.type("b")
            person.wait_for("This machine")
            assert not person.kexec.executed


def test_line_that_hangs_up_ends_the_program_without_an_error(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.wait_for_question()
        assert person.hang_up() == 0


def test_line_that_hangs_up_during_work_ends_the_program_without_an_error(rig: Rig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (rig.root / "proc/cmdline").write_text(f"wyr.registry=http://127.0.0.1:{silent.getsockname()[1]}\n")
        with somebody_at(rig) as person:
            person.choose("127.0.0.1")
            silent.accept()
            assert person.hang_up() == 0


def test_noise_is_not_answered_and_costs_nothing(rig: Rig, host: str) -> None:
    noise = bytes(range(256)).replace(INTERRUPT, b"") * 20
    with somebody_at(rig) as person:
        person.wait_for_question()
        # Noise has ends of lines in it; what comes after the last one is what an Enter then ends.
        person.send(noise)
        person.wait_until_quiet(3)
        cost = len(person.printed)
        assert cost < 3000, person.printed
        person.send(noise)
        person.wait_until_quiet(3)
        person.type("")
        person.wait_until_quiet(3)
        person.type("")
        person.wait_for_question()
        person.wait_until_quiet(3)
        person.type("x" * 5000)
        person.wait_for("Type the number of a line.")
        person.choose(host)
        person.wait_for("2 repositories")


def test_line_that_gives_everything_back_falls_silent_and_is_nobody(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.wait_for_question()
        person.send(person.printed)
        person.echo_everything(3)
        assert person.echo_everything(2) == 0, person.printed[-1000:]
        assert not rig.turn.attended


def test_letters_that_the_line_has_not_are_told_in_those_that_it_has(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine", cmdline="wyr.ünknown")
    with somebody_at(rig) as person:
        person.wait_for("Wyrcan does not understand the word 'wyr.unknown'")
        person.choose("Type a reference")
        person.wait_for_question("Reference: ")
        person.type("blå/bær")
        person.wait_for("That did not work")


def test_bug_ends_the_menu_with_one_sentence(rig: Rig) -> None:
    (rig.root / "run/wyrcan").write_text("no folder")
    with somebody_at(rig) as person:
        person.wait_for("wyrcan: What the consoles tell each other cannot be written", "Run as root.")


def test_list_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    def part(*names: str, more: bool = False, trickle: float = 0.0) -> Answer:
        headers = {"Link": '</v2/_catalog?n=100&last=a/2>; rel="next"'} if more else {}
        return Answer(headers=headers, body=json.dumps({"repositories": names}).encode(), trickle=trickle)

    first = part("a/1", "a/2", more=True)
    with FaultyRegistry() as registry:
        registry.answer("/v2/_catalog", first, part("never", trickle=60), first, part("b/1"))
        rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={registry.url}")
        with somebody_at(rig) as person:
            person.choose(registry.host)
            person.wait_for("m more")
            person.wait_for_question()
            person.type("m")
            person.wait_until(lambda: len(registry.asked("/v2/_catalog")) == 2, "the question for more")
            person.send(INTERRUPT)
            person.wait_for("1 a/1", "2 a/2", "m more")
            person.wait_for_question()
            person.type("m")
            person.wait_for("3 b/1")
