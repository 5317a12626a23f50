"""Finding out at the console why an image cannot be had."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.server import free_port
from tests.tui.person import Person, somebody_at
from tests.tui.test_path import DETAILS
from wyrcan_tui.flows.doctor import Doctor, Step

CHECK = "Check the way to an image"


@pytest.fixture
def rig(rig: Rig) -> Rig:
    """The machine with a network interface that is connected and has the address fd00::7."""
    rig.plug("wired0")
    (rig.root / "proc/net").mkdir()
    (rig.root / "proc/net/if_inet6").write_text(f"fd{7:030x} 02 40 00 80 wired0\n")
    return rig


def save(rig: Rig, image: str) -> None:
    """Let an image be the saved choice."""
    rig.save(json.dumps({"image": image}).encode())


async def check(person: Person) -> None:
    """Open the page from the first one."""
    await person.choose(CHECK)
    await person.wait_for("Go back")


async def test_way_to_the_saved_image_is_walked_to_its_end(rig: Rig, host: str) -> None:
    save(rig, f"{host}/demo/os:1")
    async with somebody_at(rig) as person:
        await check(person)
        await person.wait_for(f"The way to {host}/demo/os:1", "link wired0 connected", "All is well.")
        person.check_page()
        names = [line.split()[0] for line in person.lines[2:-6] if line.strip()]
        assert names == [
            "link",
            "address",
            "registry",
            "DNS",
            "route",
            "TCP",
            "clock",
            "TLS",
            "login",
            "manifest",
            "space",
        ]
        assert person.selected == "Look again"
        await person.press("escape")
        await person.wait_for("Boot this machine")


async def test_network_alone_is_looked_at_where_nothing_is_saved(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await check(person)
        await person.wait_for("The network", "link wired0 connected", "address wired0 fd00::7")
        await person.wait_for("All is well; no image is saved to look for.")
        person.check_page()
        await person.choose("Go back")
        await person.wait_for("Boot this machine")


async def test_step_that_fails_is_told_with_what_to_do_and_looked_at_again(rig: Rig, server: Registry) -> None:
    carrier = rig.root / "sys/class/net/wired0/carrier"
    carrier.write_text("0\n")
    save(rig, f"{server.host}/demo/os:1")
    async with somebody_at(rig) as person:
        await check(person)
        await person.wait_for(
            "There is no cable, or no signal on it, in wired0.", "Check the cable", "It ends at link."
        )
        person.check_page()
        carrier.write_text("1\n")
        await person.choose("Look again")
        await person.wait_for("All is well.")
        assert "no cable" not in person.text


async def test_steps_are_shown_as_they_are_done_and_stopped_by_going_back(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks: list[Doctor] = []

    def steps(doctor: Doctor) -> Iterator[Step]:
        walks.append(doctor)
        yield Step("first", "found")
        # As long as it lasts until somebody asks to stop.
        doctor._meter.pause(20)
        yield Step("second", "found")

    monkeypatch.setattr(Doctor, "steps", steps)
    async with somebody_at(rig) as person:
        await check(person)
        await person.wait_for("first found", "Looking ...")
        assert person.selected == "Go back"
        await person.press("escape")
        await person.wait_for("Boot this machine")
        (walk,) = walks
        await person.wait_until(lambda: walk._meter.cancelled, "the wish to stop")


async def test_error_on_the_way_leads_to_its_reason_and_back(rig: Rig) -> None:
    port = free_port()
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste(f"127.0.0.1:{port}/demo:1")
        await person.press("enter")
        await person.wait_for("That did not work", "registry-unreachable")
        person.check_page()
        await person.choose("Find out why")
        await person.wait_for(
            f"The way to 127.0.0.1:{port}/demo:1", f"port {port}: connection refused.", "It ends at TCP."
        )
        person.check_page()
        await person.press("escape")
        await person.wait_for("That did not work")


async def test_boot_that_fails_on_the_way_leads_to_the_reason(rig: Rig, tmp_path: Path) -> None:
    save(rig, f"127.0.0.1:{free_port()}/demo:1")
    async with somebody_at(rig) as person:
        await person.choose("(from the EFI variable)")
        await person.choose("Boot once")
        await person.choose("Find out why")
        await person.wait_for("It ends at TCP.")


async def test_error_that_is_not_about_the_way_offers_no_look_at_it(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste("oci:/nope")
        await person.press("enter")
        await person.wait_for("That did not work")
        assert person.options == ["Try again", "Go back and change it", DETAILS]


async def test_many_places_and_long_words_fit_the_page_and_the_last_is_seen(rig: Rig) -> None:
    name = "/".join(["department", "group", "team", "project"] * 4)
    mirrors = "".join(f'[[registry.mirror]]\nlocation = "127.0.0.1:{free_port()}/{name}"\n' for _ in range(4))
    with FaultyRegistry() as registry:
        said = b'{"errors": [{"message": "\\u001b[2J' + b"it is as it is " * 20 + b'"}]}'
        registry.answer(f"/v2/{name}/manifests/1", Answer(403, body=said))
        (rig.root / "etc/containers").mkdir(parents=True)
        conf = f'[[registry]]\nlocation = "{registry.host}"\n{mirrors}'
        (rig.root / "etc/containers/registries.conf").write_text(conf)
        save(rig, f"{registry.host}/{name}:1")
        async with somebody_at(rig) as person:
            await check(person)
            await person.wait_for("It ends at login.", f"host: {registry.host}")
            person.check_page()
