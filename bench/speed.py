"""From the image to kernel and initrd: our way, people's way, and the least that there is to do."""

from __future__ import annotations

from typing import Final

from bench.process import PROJECT, engine
from bench.rounds import Contender, race
from bench.site import Site
from bench.table import table

_NOTE: Final = (
    "The floor is all layers fetched at once, each with its digest checked and inflated to nowhere, by the fastest of "
    "the programs in C. Ratios are medians of those within a round. A command starts Python first; the menu on the ISO "
    "runs already."
)
_GZIP_INFLATERS: Final = ("igzip -dc", "pigz -dc", "gzip -dc")


def measure(site: Site) -> str:
    """Return the table of wall times."""
    gzip = [
        *_ours("gzip: ours, zstd initrd", site.reference("gzip")),
        Contender("gzip: ours, zstd initrd, with little memory", engine("thrifty", site.reference("gzip"))),
        *_ours("gzip: ours, uncompressed initrd", site.reference("plain")),
    ]
    pipeline = Contender("gzip: skopeo, umoci, cpio, zstd -1", [PROJECT / "bench/pipeline.sh", site.reference("gzip")])
    gzip_floors = [_floor(site, "gzip", inflater) for inflater in _GZIP_INFLATERS]
    zstd = _ours("zstd: ours, zstd initrd", site.reference("zstd"))
    zstd_floor = _floor(site, "zstd", "zstd -dc")
    race([*gzip, pipeline, *gzip_floors, *zstd, zstd_floor], site.rounds, site.scratch)

    gzip_floor = min(gzip_floors, key=lambda floor: floor.median)
    rows = [(it, gzip_floor) for it in (*gzip, pipeline, *gzip_floors)] + [
        (it, zstd_floor) for it in (*zstd, zstd_floor)
    ]
    return table(
        "From the image to kernel and initrd",
        _NOTE,
        ("layers: what", "seconds", "to the floor", "to the gzip floor", "to the pipeline"),
        [
            (
                it.name + (", the floor" if it is floor else ""),
                f"{it.median:.2f}",
                f"{it.ratio(floor):.2f}",
                f"{it.ratio(gzip_floor):.2f}",
                f"{it.ratio(pipeline):.2f}",
            )
            for it, floor in rows
        ],
    )


def _ours(name: str, reference: str) -> list[Contender]:
    return [
        Contender(name, engine("prepare", reference)),
        Contender(f"{name}, by a program that runs already", engine("loaded", reference), loaded=True),
    ]


def _floor(site: Site, tag: str, inflater: str) -> Contender:
    return Contender(f"{tag}: curl, openssl, {inflater}", (PROJECT / "bench/floor.sh", inflater, *site.layers(tag)))
