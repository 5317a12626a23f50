"""From the image to kernel and initrd: our way, people's way, and the least that there is to do."""

from __future__ import annotations

from typing import Final

from bench.rounds import PROJECT, Contender, engine, race
from bench.site import Site
from bench.table import table

_GZIP: Final = ("igzip -dc", "pigz -dc", "gzip -dc")


def measure(site: Site) -> str:
    """Return the table of wall times."""
    packed = Contender("ours, zstd initrd", engine("prepare", site.reference("gzip")))
    plain = Contender("ours, uncompressed initrd", engine("prepare", site.reference("plain")))
    pipeline = Contender("skopeo, umoci, cpio, zstd -1", [PROJECT / "bench/pipeline.sh", site.reference("gzip")])
    inflaters = [_least(site, "gzip", inflater) for inflater in _GZIP]
    packed_zstd = Contender("ours, zstd initrd", engine("prepare", site.reference("zstd")))
    zstd = _least(site, "zstd", "zstd -dc")
    race([packed, plain, pipeline, *inflaters, packed_zstd, zstd], site.rounds, site.scratch)

    gzip = min(inflaters, key=lambda inflater: inflater.median)
    rows = [("gzip", it, gzip) for it in (packed, plain, pipeline, *inflaters)]
    rows += [("zstd", it, zstd) for it in (packed_zstd, zstd)]
    return table(
        "From the image to kernel and initrd",
        ("layers", "what", "seconds", "to the floor", "to the pipeline"),
        [
            (
                layers,
                it.name + (" (the floor)" if it is floor else ""),
                f"{it.median:.2f}",
                f"{it.ratio(floor):.2f}",
                f"{it.ratio(pipeline):.2f}",
            )
            for layers, it, floor in rows
        ],
    )


def _least(site: Site, tag: str, inflater: str) -> Contender:
    return Contender(f"curl, openssl, {inflater}", [PROJECT / "bench/floor.sh", inflater, *site.layers(tag)])
