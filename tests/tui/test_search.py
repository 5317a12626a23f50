"""Finding an image: typing narrows lists down, other names can be typed, and large lists come in parts."""

import json

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.rig import Rig
from tests.tui.person import somebody_at
from wyrcan_tui.flows import browse
from wyrcan_tui.registry.hub import Quota


async def test_typing_searches_and_takes_the_last_word(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.wait_for("2 repositories")
        await person.type("plain")
        await person.wait_for("1 repository")
        assert person.options[0].split() == ["demo/plain"]
        for _ in "plain":
            await person.press("backspace")
        await person.wait_for("2 repositories")


async def test_list_is_reached_from_the_line_and_left_by_typing(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.wait_for("2 repositories")
        await person.type("os")
        await person.wait_for("1 repository")
        await person.press("down", "up", "enter")
        await person.wait_for(f"Tags of {host}/demo/os", "3 tags")


async def test_tags_are_narrowed_down_without_asking(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.choose("demo/os")
        await person.wait_for("3 tags")
        await person.type("1")
        await person.wait_until(lambda: person.options == ["10", "1"], "the tags with a 1")


async def test_name_that_is_not_listed_can_be_typed(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.wait_for("2 repositories")
        await person.type("demo/o")
        await person.choose("Open demo/o ...")
        await person.wait_for("has no repository demo/o")
        await person.choose("Go back")
        await person.wait_for(f"Repositories of {host}")
        await person.type("s")
        await person.wait_until(lambda: person.options == ["demo/os"], "what is listed as it was typed")
        await person.choose("demo/os")
        await person.wait_for("3 tags")
        await person.type("no-such-tag")
        await person.choose("Open no-such-tag ...")
        await person.wait_for("has no image no-such-tag", "10, 2, 1")


async def test_registry_that_lists_nothing_takes_typed_names(rig: Rig) -> None:
    with FaultyRegistry() as registry:
        registry.answer("/v2/_catalog", Answer(401))
        registry.answer("/v2/team/os/tags/list", Answer(body=b'{"tags": ["7"]}'))
        (rig.root / "proc/cmdline").write_text(f"wyr.registry={registry.url}\n")
        async with somebody_at(rig) as person:
            await person.choose(registry.host)
            await person.wait_for("does not list its repositories")
            await person.type("team/os")
            await person.choose("Open team/os ...")
            await person.wait_for("1 tag")
            assert person.options == ["7"]


async def test_huge_list_shows_its_first_part_and_asks_for_no_more(rig: Rig) -> None:
    with FaultyRegistry() as registry:
        names = [f"team/image{number:05}" for number in range(100)]
        following = {"Link": '</v2/_catalog?last=x&n=100>; rel="next"'}
        registry.answer("/v2/_catalog", Answer(headers=following, body=json.dumps({"repositories": names}).encode()))
        (rig.root / "proc/cmdline").write_text(f"wyr.registry={registry.url}\n")
        async with somebody_at(rig) as person:
            await person.choose(registry.host)
            await person.wait_for("100 repositories", "team/image00000")
            assert person.options[-1] == "Show more ..."
            person.check_page()
        assert len(registry.asked("/v2/_catalog")) == 1


async def test_known_images_and_favourites_are_offered(rig: Rig) -> None:
    rig.save(b'{"favourites": ["quay.io/mine/os:1", "quay.io/fedora/fedora-bootc:43"]}')
    async with somebody_at(rig) as person:
        await person.wait_for("Forget the saved choice")
        await person.choose("Images that are made to be booted")
        await person.wait_for("Favourites", "quay.io/mine/os:1", "Debian with a kernel and systemd")
        person.check_page()
        assert sum("quay.io/fedora/fedora-bootc:43" in option for option in person.options) == 1


async def test_search_that_fails_can_be_changed(rig: Rig) -> None:
    with FaultyRegistry() as registry:
        names = Answer(body=json.dumps({"repositories": ["team/os"]}).encode())
        registry.answer("/v2/_catalog", names)
        (rig.root / "proc/cmdline").write_text(f"wyr.registry={registry.url}\n")
        async with somebody_at(rig) as person:
            await person.choose(registry.host)
            await person.wait_for("1 repository")
            registry.answer("/v2/_catalog", Answer(400))
            await person.type("x")
            await person.wait_for("That did not work")
            await person.choose("Go back")
            await person.wait_for(f"Repositories of {registry.host}", "The search failed.")


async def test_pulls_that_are_left_stand_beside_the_tags(rig: Rig, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse, "quota", lambda address, site, meter: Quota(100, 87, 21600))
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.choose("demo/os")
        await person.wait_for("3 tags, highest version first, and 87 of 100 pulls left in 6 hours")


async def test_search_that_is_overtaken_takes_nothing_from_the_next(rig: Rig) -> None:
    with FaultyRegistry() as registry:
        names = json.dumps({"repositories": ["team/os", "team/one"]}).encode()
        registry.answer("/v2/_catalog", Answer(body=names), Answer(body=names, trickle=0.02))
        (rig.root / "proc/cmdline").write_text(f"wyr.registry={registry.url}\n")
        async with somebody_at(rig) as person:
            await person.choose(registry.host)
            await person.wait_for("2 repositories")
            await person.type("o")
            await person.wait_until(lambda: len(registry.asked("/v2/_catalog")) > 1, "the first search")
            await person.type("s")
            await person.wait_for("1 repository", "Repositories of")
            assert person.selected.startswith("team/os")


async def test_login_page_can_be_left_for_the_error_it_came_from(rig: Rig) -> None:
    with FaultyRegistry() as registry:
        registry.answer("/v2/_catalog", Answer(body=b'{"repositories": ["team/os"]}'))
        registry.answer("/v2/team/os/tags/list", Answer(401))
        (rig.root / "proc/cmdline").write_text(f"wyr.registry={registry.url}\n")
        async with somebody_at(rig) as person:
            await person.choose(registry.host)
            await person.choose("team/os")
            await person.wait_for("That did not work")
            await person.choose("Log in ...")
            await person.wait_for(f"Log in to {registry.host}")
            await person.press("escape")
            await person.wait_for("That did not work", "Try again")
            await person.choose("Go back")
            await person.wait_for(f"Repositories of {registry.host}")
