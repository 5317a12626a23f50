"""Looking around in a registry: its repositories, and the tags of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows import browse
from wyrcan_tui.flows.facts import counted, quota_facts, repository_facts, tag_facts
from wyrcan_tui.flows.listing import Entry
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference, is_tag
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.hub import Quota
from wyrcan_tui.registry.listing import Page as Part
from wyrcan_tui.texts import later
from wyrcan_tui.tui.image import ImagePage
from wyrcan_tui.tui.listing import ListingPage

_NAME: Final = 34
"""Columns that a name gets before what else is known of it."""


class RepositoriesPage(ListingPage):
    """The repositories of a registry, or what it finds; a name that it does not list can be typed."""

    help = later(
        "The repositories of the registry, or those that it finds for what is typed. A name that it does not list can "
        "be typed in full and opened all the same. Long lists come in parts; the last entry brings the next part."
    )

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"Repositories of {self.address.host}"

    def parts(self, typed: str, meter: Meter) -> Iterator[Part[Entry]]:
        """Return all repositories, or those that have to do with what was typed."""
        return browse.repositories(self.address, typed, self.menu.decision.site, meter)

    def line(self, entry: Entry) -> str:
        """Return the name, and what the registry tells about it."""
        assert isinstance(entry, Repository)
        return f"{entry.name:<{_NAME}}  {repository_facts(entry)}".rstrip()

    def state(self, count: int) -> str:
        """Return how many there are so far."""
        if count:
            return counted(count, "repository", "repositories")
        return "The registry finds nothing." if self.typed else "The registry has no repositories."

    def can_be_typed(self, typed: str) -> bool:
        """Tell whether it is a repository."""
        return browse.repository_named(typed, self.address) is not None

    def open(self, name: str) -> None:
        """Show the tags."""
        if repository := browse.repository_named(name, self.address):
            self.app.push_screen(TagsPage(self.address, repository))


class TagsPage(ListingPage):
    """The tags of a repository, the newest or the highest version first, as far as they are known."""

    help = later(
        "The tags of the repository, each the name of an image: the newest first where the registry tells when they "
        "were made, else the highest version. What is typed narrows the list; one that is not listed can be opened."
    )

    def __init__(self, address: RegistryAddress, repository: str) -> None:
        super().__init__(address)
        self._repository = repository
        self._quota = ""

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"Tags of {self.address.host}/{self._repository}"

    def parts(self, typed: str, meter: Meter) -> Iterator[Part[Entry]]:
        """Return all tags, whatever was typed."""
        return browse.tags(self.address, self._repository, self.menu.decision.site, meter)

    def on_mount(self) -> None:
        """Ask how much may be pulled, beside the first part, for which every list asks itself."""
        self.work_on(self._ask_for_quota, self._show_quota)

    def narrow(self) -> None:
        """Take up what was typed: no registry can be asked for it, so among what is there."""
        self.show()

    def arranged(self, entries: list[Entry], typed: str) -> list[Entry]:
        """Return the tags with what was typed in their names."""
        return [*browse.newest_first([entry for entry in entries if isinstance(entry, Tag) and typed in entry.name])]

    def line(self, entry: Entry) -> str:
        """Return the name, and what the registry tells about it."""
        assert isinstance(entry, Tag)
        return f"{entry.name:<{_NAME}}  {tag_facts(entry)}".rstrip()

    def state(self, count: int) -> str:
        """Return how many there are so far."""
        return f"{counted(count, 'tag')}{self._quota}" if count else "The repository has no tags."

    def _ask_for_quota(self) -> Quota | None:
        try:
            return browse.quota(self.address, self.menu.decision.site, self.meter)
        except WyrcanError:
            # What keeps the tags away, too, is told with them; anything else is worth no error.
            return None

    def _show_quota(self, quota: Quota | None) -> None:
        if quota:
            self._quota = f", and {quota_facts(quota)}"
            self.show_state()

    def can_be_typed(self, typed: str) -> bool:
        """Tell whether it is a tag."""
        return is_tag(typed)

    def open(self, name: str) -> None:
        """Look at the image behind a tag."""
        self.app.push_screen(ImagePage(RegistryReference(self.address.host, self._repository, name)))
