"""What goes wrong on a page: it costs nobody what they have, and never a page of Python."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.tui.person import somebody_at
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.tui.typed import TypedPage

NEXT = {"Link": '</v2/_catalog?n=2&last=a/2>; rel="next"'}


def listing(*names: str, more: bool = False) -> Answer:
    """A page of a registry's repositories."""
    return Answer(headers=NEXT if more else {}, body=json.dumps({"repositories": names}).encode())


@pytest.fixture
def silent() -> Iterator[str]:
    """A registry that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


async def test_image_at_a_path_that_is_not_there_is_told(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste("oci:/nope")
        await person.press("enter")
        await person.wait_for("That did not work", "/nope is not an OCI layout")
        await person.press("escape")
        await person.wait_for("Which image?")


async def test_bug_in_a_page_ends_the_menu_with_one_sentence(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(page: TypedPage) -> None:
        raise ZeroDivisionError("nothing is left")

    monkeypatch.setattr(TypedPage, "on_input_submitted", fail)
    with pytest.raises(ZeroDivisionError):
        async with somebody_at(rig) as person:
            await person.choose("Type a reference")
            await person.press("enter")
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith("wyrcan: Wyrcan has a bug: ZeroDivisionError: nothing is left (")
    assert "Traceback" not in told


async def test_person_who_may_not_run_the_menu_is_told_so(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    (rig.root / "run/wyrcan").write_text("no folder")
    with pytest.raises(WyrcanError):
        async with somebody_at(rig):
            pass
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith("wyrcan: What the consoles tell each other cannot be written")
    assert told.endswith("Run as root.")


async def test_page_of_an_image_stays_where_only_its_layers_cannot_be_read(rig: Rig, tmp_path: Path) -> None:
    image = bootable_image()
    layout = image.write_layout(tmp_path / "layout")
    layer = layout / "blobs" / image.layers[0].digest.replace(":", "/")
    content = layer.read_bytes()
    layer.unlink()
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste(f"oci:{layout}")
        await person.press("enter")
        await person.wait_for("That did not work", "code: blob-missing")
        await person.press("escape")
        await person.wait_for(image.digest, "Bootable: not known, as its layers could not be read.")
        person.check_page()
        layer.write_bytes(content)
        await person.choose("Boot this image")
        await person.choose("Boot once")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")


async def test_registries_that_never_answer_keep_nobody_from_another(
    tmp_path: Path, server: Registry, silent: str
) -> None:
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry=http://{silent} wyr.registry={server.url}")
    async with somebody_at(rig) as person:
        # More than the threads that Python has ready for such work.
        for _ in range((os.cpu_count() or 1) + 6):
            await person.choose(silent)
            await person.wait_for("Asking the registry")
            await person.press("escape")
            await person.wait_for("Boot this machine")
        await person.choose(f"127.0.0.1:{server.port}")
        await person.wait_for("2 repositories")


async def test_repositories_come_page_by_page(tmp_path: Path) -> None:
    with FaultyRegistry() as registry:
        registry.answer("/v2/_catalog", listing("a/1", "a/2", more=True), listing("b/1"))
        rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={registry.url}")
        async with somebody_at(rig) as person:
            await person.choose(registry.host)
            await person.wait_for("2 repositories")
            assert person.options == ["a/1", "a/2", "Show more ..."]
            await person.choose("Show more")
            await person.wait_for("3 repositories")
            assert person.options == ["a/1", "a/2", "b/1"]
            person.check_page()


@pytest.mark.parametrize("way", [["Try again"], ["Go back", "Show more"]])
async def test_page_of_repositories_that_failed_comes_at_the_next_try_and_costs_not_the_others(
    tmp_path: Path, way: list[str]
) -> None:
    first = listing("a/1", "a/2", more=True)
    with FaultyRegistry() as registry:
        registry.answer("/v2/_catalog", first, Answer(400), first, listing("b/1"))
        rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={registry.url}")
        async with somebody_at(rig) as person:
            await person.choose(registry.host)
            await person.choose("Show more")
            await person.wait_for("That did not work")
            for entry in way:
                await person.choose(entry)
            await person.wait_for("3 repositories")
            assert person.options == ["a/1", "a/2", "b/1"]
            person.check_page()
