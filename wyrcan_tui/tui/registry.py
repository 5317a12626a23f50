"""Looking around in a registry: its repositories, and the tags of one of them."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import printable
from wyrcan_tui.flows import browse
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference
from wyrcan_tui.registry import listing
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.tui.image import ImagePage
from wyrcan_tui.tui.page import Page, counted, text

_MORE = "more"


class RepositoriesPage(Page):
    """The repositories of a registry, a page of them at a time."""

    def __init__(self, address: RegistryAddress) -> None:
        super().__init__()
        self._address = address
        self._pages: Iterator[listing.Page[Repository]] = iter(())
        self._names: list[str] = []

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"Repositories of {self._address.host}"

    def body(self) -> list[Widget]:
        """A line that tells what is going on, and the list."""
        return [text("Asking the registry ...", name="state"), OptionList(markup=False)]

    def on_mount(self) -> None:
        """Ask for the first page."""

        def first() -> listing.Page[Repository]:
            # Made anew at every try: an iterator that has failed once yields nothing more.
            self._pages = browse.repositories(self._address, self.menu.decision.site, self.meter)
            return next(self._pages)

        self.work_on(first, self._add)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open a repository, or bring the next page."""
        if event.option_id == _MORE:
            event.option_list.remove_option(_MORE)
            self.work_on(self._following, self._add, back=self._offer_more)
        else:
            self.app.push_screen(TagsPage(self._address, self._names[event.option_index]))

    def _following(self) -> listing.Page[Repository]:
        page = next(self._pages, None)
        while page is None or {repository.name for repository in page.items} <= set(self._names):
            if page is None:
                # The listing broke off at the last try: it is read anew, up to where it had come.
                self._pages = browse.repositories(self._address, self.menu.decision.site, self.meter)
            elif not page.more:
                break
            page = next(self._pages)
        return page

    def _add(self, page: listing.Page[Repository]) -> None:
        choices = self.query_one(OptionList)
        names = [repository.name for repository in page.items]
        self._names += names
        choices.add_options([Option(printable(name)) for name in names])
        if page.more:
            self._offer_more()
        if choices.highlighted is None:
            choices.highlighted = 0
        choices.focus()
        count = len(self._names)
        self.put(
            "state",
            counted(count, "repository", "repositories") if self._names else "The registry has no repositories.",
        )

    def _offer_more(self) -> None:
        self.query_one(OptionList).add_option(Option("Show more ...", _MORE))


class TagsPage(Page):
    """The tags of a repository, the newest or the highest version first."""

    def __init__(self, address: RegistryAddress, repository: str) -> None:
        super().__init__()
        self._address = address
        self._repository = repository
        self._tags: list[Tag] = []

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"Tags of {self._address.host}/{self._repository}"

    def body(self) -> list[Widget]:
        """A line that tells what is going on, and the list."""
        return [text("Asking the registry ...", name="state"), OptionList(markup=False)]

    def on_mount(self) -> None:
        """Ask for the tags."""
        self.work_on(self._all, self._show)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Look at the image behind a tag."""
        tag = self._tags[event.option_index].name
        self.app.push_screen(ImagePage(RegistryReference(self._address.host, self._repository, tag)))

    def _all(self) -> list[Tag]:
        return browse.tags(self._address, self._repository, self.menu.decision.site, self.meter)

    def _show(self, tags: list[Tag]) -> None:
        self._tags = tags
        choices = self.query_one(OptionList)
        width = max((len(tag.name) for tag in tags), default=0)
        choices.add_options(
            [
                Option(
                    f"{printable(tag.name):<{width}}  {tag.updated:%Y-%m-%d %H:%M}"
                    if tag.updated
                    else printable(tag.name)
                )
                for tag in tags
            ]
        )
        choices.highlighted = 0
        choices.focus()
        self.put("state", counted(len(tags), "tag") if tags else "The repository has no tags.")
