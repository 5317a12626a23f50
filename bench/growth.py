"""What one more file and one more layer cost: images that differ in nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from bench.memory import taken
from bench.process import engine
from bench.rounds import Contender, race
from bench.site import Site
from bench.table import table
from tests.support.bootable import bootable_image
from tests.support.image import Dir, File, Image, Layer, Member

_FOLDER: Final = 100
"""Files in each directory."""
_SIZE: Final = 1000
"""Bytes of each file."""


@dataclass(frozen=True)
class Shape:
    """An image of so many `layers` with so many `files` in each: other ones each time, or `repeated` ones."""

    layers: int
    files: int
    repeated: bool = False

    @property
    def tag(self) -> str:
        """A tag for it."""
        return f"{self.layers}x{self.files}" + ("-repeated" if self.repeated else "")

    def image(self) -> Image:
        """The image, with what it takes to boot it in one more layer below."""
        firsts = (0 if self.repeated else number * self.files for number in range(self.layers))
        layers = [Layer([*_files(first, self.files, seed)]) for seed, first in enumerate(firsts)]
        return Image([*bootable_image().layers, *layers])


_EMPTY: Final = Shape(0, 0)
_FILES: Final = (Shape(1, 10_000), Shape(1, 50_000), Shape(1, 200_000))
_LAYERS: Final = {
    "Growth: layers, with 50000 files spread over them": (Shape(1, 50_000), Shape(10, 5_000), Shape(100, 500)),
    "Growth: layers, with the same 2000 files in each": tuple(
        Shape(layers, 2_000, repeated=True) for layers in (1, 10, 100)
    ),
}


def measure(site: Site) -> str:
    """Return the tables of growth."""
    shapes = dict.fromkeys((_EMPTY, *_FILES, *(shape for shapes in _LAYERS.values() for shape in shapes)))
    timed = {}
    for shape in shapes:
        site.registry.push_image("growth", shape.tag, shape.image())
        timed[shape] = Contender(f"growth, {shape.tag}", engine("prepare", site.reference(shape.tag, "growth")))
    race(list(timed.values()), site.rounds, site.scratch)
    files = table(
        "Growth: files in one layer",
        f"Files of {_SIZE} bytes. Per file: what is more than with an image without them. Memory is that beside the "
        "finished initrd.",
        ("files", "seconds", "µs per file", "MiB", "MiB, with little memory"),
        [
            (
                str(it.files),
                f"{timed[it].median:.2f}",
                f"{timed[it].excess(timed[_EMPTY]) / it.files * 1e6:.1f}",
                *(f"{_beside(site, it, what):.0f}" for what in ("prepare", "thrifty")),
            )
            for it in _FILES
        ],
    )
    return "\n".join([files, *(_layers(title, {it: timed[it] for it in its}) for title, its in _LAYERS.items())])


def _beside(site: Site, shape: Shape, what: str) -> float:
    initrd, most = taken(site, f"{what}, {shape.tag}", what, site.reference(shape.tag, "growth"))
    return most - initrd


def _layers(title: str, timed: Mapping[Shape, Contender]) -> str:
    (one, base), *more = timed.items()
    rows = [
        (str(it.layers), f"{its.median:.2f}", f"{its.excess(base) / (it.layers - one.layers) * 1e3:.1f}")
        for it, its in more
    ]
    return table(
        title,
        "Per further layer: what is more than with one layer.",
        ("layers", "seconds", "ms per further layer"),
        [(str(one.layers), f"{base.median:.2f}", ""), *rows],
    )


def _files(first: int, count: int, seed: int) -> Iterator[Member]:
    random = Random(seed)
    for number in range(first, first + count):
        folder = f"srv/{number // _FOLDER}"
        if number % _FOLDER == 0:
            yield Dir(folder)
        yield File(f"{folder}/{number}", random.randbytes(_SIZE // 2).hex().encode())
