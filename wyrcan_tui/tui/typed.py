"""Typing a reference by hand."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.image import ImagePage
from wyrcan_tui.tui.page import Page, text


class TypedPage(Page):
    """One line for any reference; what is wrong with it is said below it, and nothing typed is lost."""

    keys = later("Enter go on   Esc back")
    help = later(
        "Any image can be named here: REGISTRY/REPOSITORY:TAG, with @sha256:... for one that never changes. Without a "
        "registry it is Docker Hub's. An OCI layout in a folder is oci:PATH, one in a tar file oci-archive:PATH."
    )

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Type a reference")

    def body(self) -> list[Widget]:
        """The line, and room for what is wrong."""
        return [
            text(_("Which image? For example {example}").format(example="quay.io/fedora/fedora-bootc:44")),
            Input(placeholder=_("registry/repository:tag")),
            text(kind="error", name="wrong"),
        ]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look at the image, or say what is wrong."""
        try:
            reference = parse_reference(event.value)
        except WyrcanError as error:
            self.put("wrong", str(error))
            return
        self.put("wrong", "")
        self.go_to(ImagePage(reference))
