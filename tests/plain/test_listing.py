"""Long lists, fifteen lines at a time, and what can be typed there."""

import json
from pathlib import Path

import pytest

from tests.plain.person import somebody_at
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.rig import Rig

NAMES = [f"team/app-{number}" for number in range(1, 41)]


def listing(names: list[str], more: str = "") -> Answer:
    """A page of a registry's repositories."""
    headers = {"Link": f'</v2/_catalog?n=100&last={more}>; rel="next"'} if more else {}
    return Answer(headers=headers, body=json.dumps({"repositories": names}).encode())


def test_repositories_come_fifteen_at_a_time_and_further_parts_when_they_are_wanted(tmp_path: Path) -> None:
    with FaultyRegistry() as registry:
        registry.answer("/v2/_catalog", listing(NAMES[:20], NAMES[19]), listing(NAMES[20:]))
        rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={registry.url}")
        with somebody_at(rig) as person:
            person.choose(registry.host)
            person.wait_for("20 repositories", "15 team/app-15")
            person.wait_for_question()
            assert not any("team/app-16" in line for line in person.lines)
            person.type("m")
            person.wait_for("16 team/app-16", "20 team/app-20")
            assert len(registry.asked("/v2/_catalog")) == 1
            person.wait_for_question()
            person.type("m")
            person.wait_for("21 team/app-21", "35 team/app-35")
            person.wait_for_question()
            person.type("m")
            person.wait_for("40 team/app-40", "=name opens by its name, /text searches, b back")
            # The numbers of all that was printed stay, and whoever comes back sees the same lines again.
            person.wait_for_question()
            person.type("3")
            person.wait_for("team/app-3.")
            person.choose("Go back")
            person.wait_for("36 team/app-36", "40 team/app-40")


def test_search_narrows_the_list_down(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        person.choose(host)
        person.wait_for_question()
        person.type("/plain")
        person.wait_for("1 repository", "1 demo/plain")
        person.wait_for_question()
        person.type("/nothing")
        person.wait_for("The registry finds nothing.")
        person.wait_for_question()
        person.type("/")
        person.wait_for("2 repositories")
        person.choose("demo/os")
        person.wait_for_question()
        person.type("/1")
        person.wait_for("2 tags", "1 10", "2 1")
        person.wait_for_question()
        person.type("/x")
        person.wait_for("No tag has that in its name.")


@pytest.mark.parametrize("typed", ["demo/os", "=demo/os"])
def test_name_can_be_typed(rig: Rig, host: str, typed: str) -> None:
    with somebody_at(rig) as person:
        person.choose(host)
        person.wait_for_question()
        person.type(typed)
        person.wait_for("3 tags")
        person.wait_for_question()
        # A number is a place in the list; the tag of that name has an equals sign in front.
        person.type("=2")
        person.wait_for(f"Image {host}/demo/os:2")


def test_number_that_is_not_in_the_list_is_asked_for_again(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        person.choose(host)
        person.wait_for_question()
        person.type("9")
        person.wait_for("Number opens")
        person.wait_for_question()
        person.type("1")
        person.wait_for("3 tags")


def test_images_that_are_made_to_be_booted_are_listed_by_distribution(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.choose("Images that are made")
        person.choose("Fedora")
        person.wait_for("quay.io/fedora/fedora-bootc")


def test_reference_is_typed_and_what_is_wrong_with_it_is_said(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        person.choose("Type a reference")
        person.wait_for_question("Reference: ")
        person.type("http://no such thing")
        person.wait_for("That did not work")
        person.wait_for_question("Reference: ")
        person.type(f"{host}/demo/ox:1\b\b\bs:1\b\b\b\bos:1")
        person.wait_for(f"Image {host}/demo/os:1")


def test_tags_are_shown_in_another_order(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        person.choose(host)
        person.choose("demo/os")
        person.wait_for("3 tags, highest version first", "1 10", "2 2", "3 1", "o other order")
        person.wait_for_question()
        person.type("o")
        person.wait_for("3 tags, by name", "1 1", "2 10", "3 2")
        person.wait_for_question()
        person.type("/1")
        person.wait_for("2 tags, by name", "1 1", "2 10")
        person.wait_for_question()
        person.type("o")
        person.wait_for("2 tags, highest version first", "1 10", "2 1")
        person.wait_for_question()
        person.type("1")
        person.wait_for(f"Image {host}/demo/os:10")
