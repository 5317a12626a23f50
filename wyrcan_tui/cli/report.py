"""What ``wyrcan check`` prints, a JSON object whose keys stay or the same for people, and ``wyrcan doctor``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from wyrcan_tui.errors import printable
from wyrcan_tui.flows.check import Finding
from wyrcan_tui.flows.doctor import Step
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _, ngettext

_WIDTH: Final = 12
_STATE: Final = 8
_STEP: Final = 10


def json_report(reference: Reference, finding: Finding) -> str:
    """Return the facts as one JSON object: always the same keys (docs/bootable-images.md), null where not found out."""
    refusal, image, bootable, footprint = finding.refusal, finding.image, finding.bootable, finding.footprint
    facts = {
        "reference": str(reference),
        "bootable": refusal is None,
        "code": refusal and refusal.code,
        "reason": refusal and str(refusal),
        "digest": image and str(image.digest),
        "platform": image and str(image.config.platform),
        "layers": image and len(image.manifest.layers),
        "size": image and image.size,
        "kernel": bootable and bootable.kernel_path,
        "release": bootable and (bootable.kernel_file.release or None),
        "architecture": bootable and bootable.kernel_file.architecture,
        "init": bootable and bootable.init,
        "cmdline": finding.cmdline,
        "compression": bootable and bootable.compression,
        "initrd": footprint and footprint.initrd,
        "unpacked": footprint and footprint.unpacked,
        "memory": footprint and footprint.needed,
        "losses": bootable and bootable.losses,
    }
    return json.dumps(facts, indent=2, default=asdict)


def text_report(reference: Reference, finding: Finding) -> str:
    """Return the facts in lines for people; what was not found out is left out."""
    answer = _("no. {reason}").format(reason=finding.refusal) if finding.refusal else _("yes")
    lines = [(_("image"), str(reference)), (_("bootable"), answer)]
    if image := finding.image:
        layers = len(image.manifest.layers)
        download = ngettext("{size} in {number} layer", "{size} in {number} layers", layers)
        lines += [
            (_("digest"), str(image.digest)),
            (_("made for"), str(image.config.platform)),
            (_("download"), download.format(size=size_text(image.size), number=layers)),
        ]
    if bootable := finding.bootable:
        kernel = bootable.kernel_file
        release = kernel.release or _("of an unknown version")
        found = _("{release} for {architecture}, {path}")
        linked = _("{path}, which {link} is made a link to").format(path=bootable.init, link="/init")
        lines += [
            (
                _("kernel"),
                found.format(release=release, architecture=kernel.architecture, path=bootable.kernel_path),
            ),
            (_("init"), linked if bootable.adds_init else bootable.init),
        ]
    if finding.cmdline is not None:
        lines.append((_("arguments"), finding.cmdline or _("none")))
    if bootable and (footprint := finding.footprint):
        sizes = {"packed": size_text(footprint.initrd), "unpacked": size_text(footprint.unpacked)}
        initrd = _("{packed} in {compression}, {unpacked} unpacked")
        if bootable.compression is Compression.NONE:
            initrd = _("{packed} uncompressed, {unpacked} unpacked")
        lines += [
            (_("initrd"), initrd.format(compression=bootable.compression, **sizes)),
            (_("memory"), _("{size} at least").format(size=size_text(footprint.needed))),
            *((_("lost"), str(loss)) for loss in bootable.losses),
        ]
    return "\n".join(f"{name:<{_WIDTH}}{printable(value)}" for name, value in lines)


def step_report(step: Step) -> str:
    """Return what was found at a step, or why it fails, what to do and further facts, each in a line of its own."""
    state, words = _("ok"), [step.found]
    if error := step.error:
        facts = (f"{name}: {value}" for name, value in error.context.items())
        state, words = _("FAILED"), [error.message, error.hint, *facts]
    indented = "\n" + " " * (_STATE + _STEP)
    return f"{state:<{_STATE}}{step.name:<{_STEP}}{indented.join(printable(line) for line in words if line)}"
