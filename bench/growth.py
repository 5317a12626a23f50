"""What one more file and one more layer cost: images that differ in nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Final

from bench.rounds import Contender, engine, race
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


_NOTHING: Final = Shape(0, 0)
_FILES: Final = (Shape(1, 10_000), Shape(1, 50_000), Shape(1, 200_000))
_LAYERS: Final = {
    "The same files spread over more layers": (Shape(1, 50_000), Shape(10, 5_000), Shape(100, 500)),
    "The same files in every layer": tuple(Shape(layers, 2_000, repeated=True) for layers in (1, 10, 100)),
}


def measure(site: Site) -> str:
    """Return the tables of growth."""
    shapes = dict.fromkeys((_NOTHING, *_FILES, *(shape for shapes in _LAYERS.values() for shape in shapes)))
    for shape in shapes:
        site.registry.push_image("growth", shape.tag, shape.image())
    timed = {shape: Contender(shape.tag, engine("prepare", site.reference(shape.tag, "growth"))) for shape in shapes}
    race(list(timed.values()), site.rounds, site.scratch)
    files = table(
        "Files in one layer",
        ("files", "seconds", "µs per file"),
        [
            (str(it.files), f"{timed[it].median:.2f}", f"{_each(timed[it], timed[_NOTHING], it.files) * 1e6:.1f}")
            for it in _FILES
        ],
    )
    return "\n".join([files, *(_layers(title, [(it, timed[it]) for it in its]) for title, its in _LAYERS.items())])


def _layers(title: str, timed: Sequence[tuple[Shape, Contender]]) -> str:
    (one, base), *more = timed
    return table(
        title,
        ("layers", "files in each", "seconds", "ms per further layer"),
        [
            (str(one.layers), str(one.files), f"{base.median:.2f}", ""),
            *(
                (
                    str(it.layers),
                    str(it.files),
                    f"{contender.median:.2f}",
                    f"{_each(contender, base, it.layers - one.layers) * 1e3:.1f}",
                )
                for it, contender in more
            ),
        ],
    )


def _each(contender: Contender, base: Contender, count: int) -> float:
    """Seconds that each of `count` things adds to what `base` takes."""
    return median(mine - its for mine, its in zip(contender.seconds, base.seconds, strict=True)) / count


def _files(first: int, count: int, seed: int) -> Iterator[Member]:
    random = Random(seed)
    for number in range(first, first + count):
        folder = f"srv/{number // _FOLDER}"
        if number % _FOLDER == 0:
            yield Dir(folder)
        yield File(f"{folder}/{number}", random.randbytes(_SIZE // 2).hex().encode())
