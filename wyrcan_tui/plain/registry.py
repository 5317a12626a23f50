"""Looking around in a registry: its repositories, and the tags of one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows import browse
from wyrcan_tui.flows.facts import quota_facts, repository_facts, tag_facts
from wyrcan_tui.flows.listing import Entry
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference, is_tag
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.image import look_at_image
from wyrcan_tui.plain.listing import ListingPage
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.texts import _, ngettext


class RepositoriesPage(ListingPage):
    """The repositories of a registry, or what it finds; a name that it does not list can be typed."""

    def __init__(self, desk: Desk, address: RegistryAddress) -> None:
        super().__init__(desk, address)
        self.heading = f"Repositories of {address.host}"

    def parts(self, typed: str, meter: Meter) -> Iterator[Page[Entry]]:
        """Return all repositories, or those that have to do with what was typed."""
        return browse.repositories(self.address, typed, self.desk.decision.site, meter)

    def facts(self, entry: Entry) -> str:
        """Return what the registry tells about a repository."""
        assert isinstance(entry, Repository)
        return repository_facts(entry)

    def state(self, count: int) -> str:
        """Return how many there are so far."""
        if count:
            return ngettext("{number} repository", "{number} repositories", count).format(number=count)
        return "The registry finds nothing." if self.found.typed else "The registry has no repositories."

    def way_to(self, name: str) -> Callable[[], None] | None:
        """Return what shows the tags."""
        repository = browse.repository_named(name, self.address)
        if repository is None:
            return None
        return partial(self.desk.visit, TagsPage(self.desk, self.address, repository).run)


class TagsPage(ListingPage):
    """The tags of a repository, of each part the newest or the highest version first, as far as they are known."""

    def __init__(self, desk: Desk, address: RegistryAddress, repository: str) -> None:
        super().__init__(desk, address)
        self.heading = f"Tags of {address.host}/{repository}"
        self._repository = repository
        self._quota = ""

    def parts(self, typed: str, meter: Meter) -> Iterator[Page[Entry]]:
        """Return all tags, whatever was typed; how much may be pulled is asked before."""
        try:
            quota = browse.quota(self.address, self.desk.decision.site, meter)
        except WyrcanError:
            # What keeps the tags away, too, is told with them; anything else is worth no error.
            quota = None
        self._quota = quota_facts(quota) if quota else ""
        return browse.tags(self.address, self._repository, self.desk.decision.site, meter)

    def search(self, typed: str) -> None:
        """Show those that have come by now with this in their names: no registry can be asked for it."""
        self.show_only(self.arranged([entry for entry in self.found.listing.entries.values() if typed in entry.name]))

    def arranged(self, entries: list[Entry]) -> list[Entry]:
        """Return tags with the newest first."""
        return [*browse.newest_first(entry for entry in entries if isinstance(entry, Tag))]

    def facts(self, entry: Entry) -> str:
        """Return what the registry tells about a tag."""
        assert isinstance(entry, Tag)
        return tag_facts(entry)

    def state(self, count: int) -> str:
        """Return how many there are so far."""
        if count:
            number = ngettext("{number} tag", "{number} tags", count).format(number=count)
            return _("{tags}, and {quota}").format(tags=number, quota=self._quota) if self._quota else number
        return "No tag has that in its name." if self.found.listing.entries else "The repository has no tags."

    def way_to(self, name: str) -> Callable[[], None] | None:
        """Return what looks at the image behind a tag."""
        if not is_tag(name):
            return None
        reference = RegistryReference(self.address.host, self._repository, name)
        return partial(self.desk.visit, partial(look_at_image, self.desk, reference))
