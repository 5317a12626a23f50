"""What stands beside a list of images on a wide screen, what it asks registries for, and in which orders tags come."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.image import File, Image, Index, Layer
from tests.support.rig import Rig
from tests.tui.person import COLUMNS, LINES, Person, somebody_at
from wyrcan_tui.flows import browse
from wyrcan_tui.registry.entry import Tag
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.tui import pane

WIDE = (132, 43)
LABELS = {
    "org.opencontainers.image.description": "A [small] system.",
    "containers.bootc": "1",
    "ostree.linux": "6.12.5-200.fc41.x86_64",
}
SYSTEM = Image([Layer([File("init", b"1")], compression="plain")], labels=LABELS)
FOR_ARM = Image([Layer([File("init", b"2")])], "arm64")


@pytest.fixture
def registry() -> Iterator[FaultyRegistry]:
    """A registry with a repository of an index, an image for another machine, and a signature."""
    with FaultyRegistry() as registry:
        tags = {"tags": ["3", "2", "1"]}
        registry.answer("/v2/_catalog", Answer(body=b'{"repositories": ["team/os"]}'))
        registry.answer("/v2/team/os/tags/list", Answer(body=json.dumps(tags).encode()))
        signature = FOR_ARM.manifest.replace(b"application/vnd.oci.image.layer.v1.tar+gzip", b"application/x-signature")
        for tag, document in (("3", Index([FOR_ARM, SYSTEM]).manifest), ("2", FOR_ARM.manifest), ("1", signature)):
            registry.answer(f"/v2/team/os/manifests/{tag}", Answer(body=document))
        for image in (SYSTEM, FOR_ARM):
            registry.answer(f"/v2/team/os/manifests/{image.digest}", Answer(body=image.manifest))
            for digest, blob in image.blobs.items():
                registry.answer(f"/v2/team/os/blobs/{digest}", Answer(body=blob))
        yield registry


@asynccontextmanager
async def at_the_tags(
    registry: FaultyRegistry, folder: Path, size: tuple[int, int] = WIDE, memory: int = 8 << 30
) -> AsyncIterator[Person]:
    """Have a person look at the tags of the repository."""
    rig = Rig(folder / "machine", cmdline=f"wyr.registry={registry.url}", memory=memory)
    async with somebody_at(rig, size=size) as person:
        await person.choose(registry.host)
        await person.choose("team/os")
        await person.wait_for("3 tags")
        yield person


@asynccontextmanager
async def at_the_known_images(
    registry: FaultyRegistry, folder: Path, size: tuple[int, int] = WIDE
) -> AsyncIterator[Person]:
    """Have a person look at known images, of which the first three are the tags of the repository."""
    rig = Rig(folder / "machine", cmdline=f"wyr.registry={registry.url}", memory=8 << 30)
    rig.save(json.dumps({"favourites": [f"{registry.host}/team/os:{tag}" for tag in (3, 2, 1)]}).encode())
    async with somebody_at(rig, size=size) as person:
        await person.choose("Images that are made to be booted")
        await person.wait_for("Favourites", f"{registry.host}/team/os:3")
        yield person


def manifests_asked(registry: FaultyRegistry) -> list[str]:
    """The manifests that were asked for, in order."""
    return [path.rpartition("/")[2] for path in (it.path for it in registry.requests) if "/manifests/" in path]


async def test_image_that_the_bar_rests_on_is_described_beside_the_list(
    registry: FaultyRegistry, tmp_path: Path
) -> None:
    async with at_the_tags(registry, tmp_path) as person:
        await person.wait_for("A [small] system.", "Made for linux/amd64, linux/arm64", "in 1 layer")
        await person.wait_for("needs about 0.4 GiB of 8.0 GiB", "Kernel 6.12.5-200.fc41.x86_64")
        await person.wait_for("Bootable probably: its label containers.bootc says so")
        assert person.options == ["3", "2", "1"]
        person.check_page()


async def test_what_cannot_be_booted_here_says_why(registry: FaultyRegistry, tmp_path: Path) -> None:
    async with at_the_tags(registry, tmp_path) as person:
        await person.select("2")
        await person.wait_for("The image is made for linux/arm64, this machine is")
        await person.press("down")
        await person.wait_for("This is no container image but an artifact", "application/x-signature")
        person.check_page()


async def test_list_of_tags_costs_no_manifest_on_a_small_screen(registry: FaultyRegistry, tmp_path: Path) -> None:
    async with at_the_tags(registry, tmp_path, (COLUMNS, LINES)) as person:
        await person.press("down", "down")
        await asyncio.sleep(pane.REST * 2)
        assert manifests_asked(registry) == []
        assert "Made for" not in person.text


async def test_image_that_the_bar_passes_is_not_asked_for(registry: FaultyRegistry, tmp_path: Path) -> None:
    async with at_the_tags(registry, tmp_path) as person:
        await person.wait_for("A [small] system.")
        await person.press("down", "down")
        await person.wait_for("but an artifact")
        assert manifests_asked(registry) == ["3", SYSTEM.digest, "1"]


async def test_image_is_asked_for_once(registry: FaultyRegistry, tmp_path: Path) -> None:
    async with at_the_tags(registry, tmp_path) as person:
        await person.wait_for("A [small] system.")
        await person.press("down")
        await person.wait_for("made for linux/arm64, this machine is")
        asked = manifests_asked(registry)
        await person.press("up")
        await person.wait_for("A [small] system.")
        await person.press("escape")
        await person.wait_for_page(f"Repositories of {registry.host}")
        await person.choose("team/os")
        await person.wait_for("A [small] system.")
        assert manifests_asked(registry) == asked


async def test_answer_that_comes_late_is_not_shown_beside_another_tag(registry: FaultyRegistry, tmp_path: Path) -> None:
    registry.answer("/v2/team/os/manifests/3", Answer(body=SYSTEM.manifest, trickle=0.005))
    async with at_the_tags(registry, tmp_path) as person:
        await person.wait_until(lambda: "3" in manifests_asked(registry), "the first question")
        await person.press("down")
        await person.wait_for("made for linux/arm64, this machine is")
        await asyncio.sleep(len(SYSTEM.manifest) * 0.005)
        assert "A [small] system." not in person.text


async def test_failure_stands_in_the_pane_and_the_next_look_asks_again(
    registry: FaultyRegistry, tmp_path: Path
) -> None:
    registry.answer("/v2/team/os/manifests/3", Answer(400), Answer(body=SYSTEM.manifest))
    async with at_the_tags(registry, tmp_path) as person:
        await person.wait_until(lambda: "3" in manifests_asked(registry), "the first question")
        await person.wait_for("Tags of", "400")
        await person.press("down")
        await person.wait_for("made for linux/arm64, this machine is")
        await person.press("up")
        await person.wait_for("A [small] system.")


async def test_image_that_fits_in_no_way_is_refused_before_it_is_read(registry: FaultyRegistry, tmp_path: Path) -> None:
    async with at_the_tags(registry, tmp_path, memory=8 << 10) as person:
        await person.wait_for("while it is still packed")
        await person.press("enter")
        await person.wait_for("Bootable: no.", "while it is still packed")
    (layer,) = SYSTEM.layers
    assert registry.asked(f"/v2/team/os/blobs/{layer.digest}") == []


async def test_tags_are_shown_in_three_orders_where_their_dates_are_known(
    rig: Rig, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated = [Tag(name, datetime(2025, month, 1, tzinfo=UTC)) for name, month in (("1.9", 3), ("1.10", 2), ("edge", 1))]
    monkeypatch.setattr(browse, "tags", lambda *_: iter([Page(dated)]))
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.choose("demo/os")
        await person.wait_for("3 tags, newest first")
        assert [option.split()[0] for option in person.options] == ["1.9", "1.10", "edge"]
        await person.press("ctrl+o")
        await person.wait_for("3 tags, highest version first")
        assert [option.split()[0] for option in person.options if "edge" not in option] == ["1.10", "1.9"]
        await person.press("ctrl+o")
        await person.wait_for("3 tags, by name")
        assert [option.split()[0] for option in person.options] == ["1.10", "1.9", "edge"]
        await person.press("ctrl+o")
        await person.wait_for("3 tags, newest first")


async def test_order_is_changed_from_the_line_and_keeps_what_was_typed(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.choose("demo/os")
        await person.wait_for("3 tags, highest version first")
        await person.type("1")
        await person.wait_for("2 of 3 tags, highest version first")
        assert person.options == ["10", "1"]
        await person.press("ctrl+o")
        await person.wait_for("2 of 3 tags, by name")
        assert person.options == ["1", "10"]


async def test_known_image_that_the_bar_rests_on_is_described_beside_the_list(
    registry: FaultyRegistry, tmp_path: Path
) -> None:
    async with at_the_known_images(registry, tmp_path) as person:
        await person.wait_for("A [small] system.", "Digest", "Made for linux/amd64, linux/arm64", "Created")
        await person.wait_for("in 1 layer", "needs about 0.4 GiB of 8.0 GiB", "Kernel 6.12.5-200.fc41.x86_64")
        await person.wait_for("Bootable probably: its label containers.bootc says so")
        person.check_page()
        await person.press("down")
        await person.wait_for("The image is made for linux/arm64, this machine is")
        person.check_page()


async def test_known_image_that_the_bar_passes_is_not_asked_for(registry: FaultyRegistry, tmp_path: Path) -> None:
    async with at_the_known_images(registry, tmp_path) as person:
        await person.wait_for("A [small] system.")
        await person.press("down", "down")
        await person.wait_for("but an artifact")
        assert manifests_asked(registry) == ["3", SYSTEM.digest, "1"]


async def test_known_images_cost_no_manifest_on_a_small_screen(registry: FaultyRegistry, tmp_path: Path) -> None:
    async with at_the_known_images(registry, tmp_path, (COLUMNS, LINES)) as person:
        await person.press("down", "up")
        await asyncio.sleep(pane.REST * 2)
        assert manifests_asked(registry) == []


async def test_line_on_a_known_image_is_in_the_list_or_in_the_pane(registry: FaultyRegistry, tmp_path: Path) -> None:
    about = "Debian with a kernel and systemd, from the Wyrcan project"
    async with at_the_known_images(registry, tmp_path, (COLUMNS, LINES)) as person:
        await person.press("down", "down")
        assert any(about in option for option in person.options)
        await person.enlarge(*WIDE)
        await person.wait_for("but an artifact")
        assert person.selected == f"  {registry.host}/team/os:1"
        assert not any(about in option for option in person.options)
        person.check_page()
        await person.enlarge(COLUMNS, LINES)
        assert any(about in option for option in person.options)
        assert person.selected == f"  {registry.host}/team/os:1"
        person.check_page()


async def test_known_image_says_at_once_what_is_known_of_it(
    registry: FaultyRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So nothing is asked for: the registry of this one is not of this machine.
    monkeypatch.setattr(pane, "REST", 60.0)
    async with at_the_known_images(registry, tmp_path) as person:
        await person.select("registry.gitlab.com/wyrcan/debian:latest")
        await person.wait_for("Debian with a kernel and systemd, from the Wyrcan project", "Looking ...")


async def test_known_image_is_left_and_found_again_as_it_was(registry: FaultyRegistry, tmp_path: Path) -> None:
    async with at_the_known_images(registry, tmp_path) as person:
        await person.wait_for("A [small] system.")
        await person.press("down")
        await person.wait_for("made for linux/arm64, this machine is")
        asked = manifests_asked(registry)
        await person.press("f1")
        await person.wait_for_page("Help")
        await person.press("escape")
        await person.wait_for("made for linux/arm64, this machine is")
        assert person.selected == f"  {registry.host}/team/os:2"
        assert manifests_asked(registry) == asked


async def test_pane_that_is_longer_than_the_screen_can_be_read_to_its_end(
    registry: FaultyRegistry, tmp_path: Path
) -> None:
    async with at_the_known_images(registry, tmp_path, (WIDE[0], LINES)) as person:
        await person.wait_for("A [small] system.")
        person.app.screen.query_one("#hindrance", Static).update("\n".join(f"line {number}" for number in range(30)))
        await person.press("tab")
        await person.press("end")
        await person.wait_for("line 29")
        person.check_page()
