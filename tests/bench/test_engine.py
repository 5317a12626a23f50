"""What is measured does the whole work."""

import subprocess
from pathlib import Path

import pytest

from bench.growth import Shape
from bench.process import Command, engine, reader, started
from bench.readers import READERS
from bench.rounds import Contender, race
from tests.support.front import Front
from tests.support.image import File, Layer
from tests.support.registry import Registry


def output_of(command: Command, scratch: Path, *, loaded: bool = False) -> str:
    """What the command prints."""
    contender = Contender("it", command, loaded)
    race([contender], 1, scratch)
    return contender.outputs[0]


def test_an_image_from_the_registry_becomes_an_initrd(registry: Registry, tmp_path: Path) -> None:
    registry.push_image("growth", "two", Shape(layers=2, files=10).image())
    reference = f"{registry.url.removeprefix('http://')}/growth:two"
    # 20 files of 1000 hexadecimal digits: nothing makes less than half of them.
    assert int(output_of(engine("prepare", reference), tmp_path)) > 20 * 500
    assert int(output_of(engine("loaded", reference), tmp_path, loaded=True)) > 20 * 500


def test_a_fleet_boots_when_it_is_switched_on(registry: Registry, tmp_path: Path) -> None:
    registry.push_image("growth", "one", Shape(layers=1, files=1).image())
    with (
        Front(tmp_path / "registry itself", registry.url) as itself,
        Front(tmp_path / "cache", registry.url) as cache,
        started(engine("fleet", "3", f"{itself.host}/growth:one", cache.host), tmp_path) as process,
    ):
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        assert cache.requests == []
        process.communicate()
        # For each machine a manifest, a configuration and two layers.
        assert len(cache.requests) == 3 * 4
        assert itself.requests == []


@pytest.mark.parametrize("what", READERS)
def test_a_reader_reads_every_body_to_its_end(what: str, tmp_path: Path) -> None:
    tar = tmp_path / "layer.tar"
    whole = Layer([File("first", b"1" * 3000), File("last", b"2" * 3000)]).tar
    tar.write_bytes(whole)
    assert float(output_of(reader(what, tar), tmp_path)) > 0
    tar.write_bytes(whole[: whole.rindex(b"2")])
    with pytest.raises(subprocess.CalledProcessError):
        output_of(reader(what, tar), tmp_path)


def test_repeated_layers_hold_the_same_paths_and_others_do_not() -> None:
    def paths(shape: Shape) -> list[set[str]]:
        return [
            {member.path for member in layer.members if isinstance(member, File)} for layer in shape.image().layers[1:]
        ]

    first, second = paths(Shape(layers=2, files=150, repeated=True))
    assert first == second
    first, second = paths(Shape(layers=2, files=150))
    assert len(first | second) == 300
