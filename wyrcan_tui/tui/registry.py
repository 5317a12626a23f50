"""Looking around in a registry: its repositories, and the tags of one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows import browse
from wyrcan_tui.flows.facts import quota_facts, repository_facts, tag_facts
from wyrcan_tui.flows.listing import Entry
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference, is_tag
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.hub import Quota
from wyrcan_tui.registry.listing import Page as Part
from wyrcan_tui.texts import _, later, ngettext
from wyrcan_tui.tui.image import ImagePage
from wyrcan_tui.tui.listing import ListingPage
from wyrcan_tui.tui.pane import ImagePane

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
        return _("Repositories of {registry}").format(registry=self.address.host)

    def parts(self, typed: str, meter: Meter) -> Iterator[Part[Entry]]:
        """Return all repositories, or those that have to do with what was typed."""
        return browse.repositories(self.address, typed, self.menu.decision.site, meter)

    def line(self, entry: Entry) -> str:
        """Return the name, and what the registry tells about it."""
        assert isinstance(entry, Repository)
        return f"{entry.name:<{_NAME}}  {repository_facts(entry)}".rstrip()

    def state(self, entries: Collection[Entry]) -> str:
        """Return how many there are so far."""
        if entries:
            number = len(entries)
            return ngettext("{number} repository", "{number} repositories", number).format(number=number)
        return _("The registry finds nothing.") if self.typed else _("The registry has no repositories.")

    def can_be_typed(self, typed: str) -> bool:
        """Tell whether it is a repository."""
        return browse.repository_named(typed, self.address) is not None

    def open(self, name: str) -> None:
        """Show the tags."""
        if repository := browse.repository_named(name, self.address):
            self.go_to(TagsPage(self.address, repository))


class TagsPage(ListingPage):
    """The tags of a repository, and beside them, where there is room, what the image is that the bar rests on."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+o", "reorder", show=False)]

    keys = later("Type to search   Ctrl+O order   Enter choose   Esc back")
    help_keys = (*ListingPage.help_keys, (later("Ctrl+O"), later("shows the tags in another order")))

    help = later(
        "The tags of the repository, each the name of an image: the newest first where the registry tells when they "
        "were made, else the highest version. What is typed narrows the list; one that is not listed can be opened."
    )

    def __init__(self, address: RegistryAddress, repository: str) -> None:
        super().__init__(address)
        self._repository = repository
        self._quota = ""
        self._order: browse.TagOrder | None = None

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Tags of {repository}").format(repository=f"{self.address.host}/{self._repository}")

    def listed(self) -> Widget:
        """The tags, and the pane beside them."""
        return Horizontal(super().listed(), ImagePane(), id="beside")

    def parts(self, typed: str, meter: Meter) -> Iterator[Part[Entry]]:
        """Return all tags, whatever was typed."""
        return browse.tags(self.address, self._repository, self.menu.decision.site, meter)

    def begin(self) -> None:
        """Ask how much may be pulled, beside the first part."""
        self.work_on(self._ask_for_quota, self._show_quota)

    def narrow(self) -> None:
        """Take up what was typed: no registry can be asked for it, so among what is there."""
        self.show()
        self.show_state()

    def arranged(self, entries: Collection[Entry], typed: str) -> Sequence[Entry]:
        """Return the tags with what was typed in their names."""
        order = self._order_of(_tags(entries))
        return browse.in_order((tag for tag in _tags(entries) if typed in tag.name), order)

    def action_reorder(self) -> None:
        """Show the tags in the next order."""
        tags = _tags(self.entries)
        orders = browse.tag_orders(tags)
        self._order = orders[(orders.index(self._order_of(tags)) + 1) % len(orders)]
        self.show()
        self.show_state()

    def rest_on(self, name: str | None) -> None:
        """Show what the image is."""
        self.query_one(ImagePane).rest_on(self._reference(name) if name else None)

    def on_screen_suspend(self) -> None:
        """Ask for nothing while another page is seen."""
        self.query_one(ImagePane).stop()

    def on_screen_resume(self) -> None:
        """Show the image again that was left."""
        self.query_one(ImagePane).resume()

    def line(self, entry: Entry) -> str:
        """Return the name, and what the registry tells about it."""
        assert isinstance(entry, Tag)
        return f"{entry.name:<{_NAME}}  {tag_facts(entry)}".rstrip()

    def state(self, entries: Collection[Entry]) -> str:
        """Return how many there are so far, how many of them are shown, and in which order."""
        tags = _tags(entries)
        if not tags:
            return _("The repository has no tags.")
        shown = sum(self.typed in tag.name for tag in tags)
        count = ngettext("{number} tag", "{number} tags", len(tags)).format(number=len(tags))
        if shown < len(tags):
            count = _("{shown} of {tags}").format(shown=shown, tags=count)
        said = _("{tags}, {order}").format(tags=count, order=self._order_of(tags))
        return _("{tags}, and {quota}").format(tags=said, quota=self._quota) if self._quota else said

    def _order_of(self, tags: Collection[Tag]) -> browse.TagOrder:
        return self._order or browse.tag_orders(tags)[0]

    def _ask_for_quota(self) -> Quota | None:
        try:
            return browse.quota(self.address, self.menu.decision.site, self.meter)
        except WyrcanError:
            # What keeps the tags away, too, is told with them; anything else is worth no error.
            return None

    def _show_quota(self, quota: Quota | None) -> None:
        if quota:
            self._quota = quota_facts(quota)
            self.show_state()

    def can_be_typed(self, typed: str) -> bool:
        """Tell whether it is a tag."""
        return is_tag(typed)

    def open(self, name: str) -> None:
        """Look at the image behind a tag."""
        self.go_to(ImagePage(self._reference(name)))

    def _reference(self, tag: str) -> RegistryReference:
        return RegistryReference(self.address.host, self._repository, tag)


def _tags(entries: Iterable[Entry]) -> Sequence[Tag]:
    return [entry for entry in entries if isinstance(entry, Tag)]
