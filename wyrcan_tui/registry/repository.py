"""One repository of a registry: its manifests, blobs and tags (OCI distribution-spec 1.1)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Final

import urllib3

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.version import version_key
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import ACCEPTED, Descriptor, missing_blob
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.answer import Answer
from wyrcan_tui.registry.body import pieces
from wyrcan_tui.registry.mirrors import Endpoint
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport
from wyrcan_tui.texts import _

_RESUMES: Final = 8
"""Times that one blob's broken transfer is taken up again."""
_SHOWN_TAGS: Final = 12
_CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,19})-\d+/(?:\d+|\*)", re.ASCII | re.IGNORECASE)


class Repository:
    """What is at one endpoint. One that is not `patient` tries everything once."""

    def __init__(self, endpoint: Endpoint, site: Site, meter: Meter, *, patient: bool = True) -> None:
        self.host = endpoint.address.host
        self._name = endpoint.repository
        self._meter = meter
        self._transport = Transport(endpoint.address, site, meter, patient=patient)
        self._scope = f"repository:{endpoint.repository}:pull"

    def document(self, name: str) -> bytes:
        """Return the manifest or index with this tag or digest.

        Raises:
            WyrcanError: ``tag-missing`` where the repository has no such tag, ``digest-mismatch`` where it is not what
                was asked for, or not what the registry says that it sends, and what `Transport.read` raises.
        """
        try:
            path = f"{self._name}/manifests/{name}"
            accepted = {"Accept": ", ".join(ACCEPTED)}
            answer, document = self._transport.read(path, scope=self._scope, headers=accepted)
        except WyrcanError as error:
            if error.code != "registry-missing":
                raise
            raise self._no_tag(name) from error
        for promised in (name, answer.headers.get("Docker-Content-Digest", "")):
            self._check(document, promised)
        return document

    def _check(self, document: bytes, promised: str) -> None:
        """Hold a document against a digest that was asked for or told (distribution-spec, "Pulling manifests")."""
        try:
            digest = Digest.parse(promised)
            hasher = digest.hasher()
        except WyrcanError:
            # It was asked for by a tag; and many registries tell none, or what is none, or one that is not known.
            return
        hasher.update(document)
        if hasher.hexdigest() != digest.value:
            raise WyrcanError(
                "digest-mismatch",
                _("The registry {host} sends another manifest than it should: it was damaged on the way.").format(
                    host=self.host
                ),
                hint=_("Try again; a proxy or a cache on the way may be broken."),
                expected=promised,
            )

    def _no_tag(self, name: str) -> WyrcanError:
        # Imported here: no image that is there needs it.
        from wyrcan_tui.registry.listing import tags  # noqa: PLC0415

        try:
            there = next(tags(self._transport, self._name)).items
        except WyrcanError as error:
            return error
        shown = ", ".join(sorted(there, key=version_key, reverse=True)[:_SHOWN_TAGS])
        return WyrcanError(
            "tag-missing",
            _("{host}/{repository} has no image {name}.").format(host=self.host, repository=self._name, name=name),
            hint=_("The tags there are: {tags}.").format(tags=shown)
            if shown
            else _("The repository has no tags at all."),
        )

    def blob(self, descriptor: Descriptor, position: int) -> Iterator[bytes]:
        """Yield a blob's bytes from `position` on; what breaks off or trickles goes on where it was (RFC 9110, 14.2).

        What a registry has too little of ends early: that is for `verified` to tell.

        Raises:
            WyrcanError: ``blob-missing``; ``registry-unreachable`` where it breaks off again and again; and what
                `Transport.get` raises.
        """
        for attempt in range(_RESUMES if self._transport.patient else 1):
            answer, start = self._ask(descriptor, position)
            if position and not start and 0 < _length(answer) <= position:
                # There is no more of it than has come: to ask again would only bring the same.
                answer.close()
                return
            skip = position - start
            # What came is kept, and the next round asks for the rest.
            with (
                contextlib.suppress(urllib3.exceptions.HTTPError),
                contextlib.closing(pieces(answer, self._meter)) as coming,
            ):
                for piece in coming:
                    fresh = piece[skip:] if skip else piece
                    skip = max(0, skip - len(piece))
                    position += len(fresh)
                    if fresh:
                        yield fresh
            if position >= descriptor.size:
                return
            if self._transport.patient:
                self._transport.pause(attempt, _("The transfer from {host} broke off.").format(host=self.host))
        if self._transport.patient:
            message = _(
                "The transfer of the blob {digest} from {host} broke off {times} times, the last time "
                "after {position} of {size} bytes."
            )
        else:
            message = _("The transfer of the blob {digest} from {host} broke off after {position} of {size} bytes.")
        raise WyrcanError(
            "registry-unreachable",
            message.format(
                digest=descriptor.digest.short,
                host=self.host,
                times=_RESUMES,
                position=position,
                size=descriptor.size,
            ),
            hint=_("The network or the registry is in trouble; try again later."),
        )

    def _ask(self, descriptor: Descriptor, position: int) -> tuple[Answer, int]:
        """Ask for a blob from `position` on; return the answer, and where it begins: there, or further to the front."""
        if position:
            answer = self._get(descriptor, {"Range": f"bytes={position}-"})
            start = _start(answer)
            if start is not None and start <= position:
                return answer, start
            answer.close()
        return self._get(descriptor, {}), 0

    def _get(self, descriptor: Descriptor, headers: Mapping[str, str]) -> Answer:
        try:
            return self._transport.get(f"{self._name}/blobs/{descriptor.digest}", scope=self._scope, headers=headers)
        except WyrcanError as error:
            if error.code != "registry-missing":
                raise
            raise missing_blob(descriptor, _("The registry {host}").format(host=self.host)) from error


def _length(answer: Answer) -> int:
    """Return how many bytes an answer's body has; 0 where it does not tell."""
    told = answer.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() and len(told) < 20 else 0


def _start(answer: Answer) -> int | None:
    """Return where in a blob an answer to a request for a range of it begins; None where that cannot be told.

    A part tells its place (RFC 9110, 14.4), but for several in one body, which nobody asked for (15.3.7.2); there may
    be none at all (15.5.17). A server that knows no ranges starts from the front.
    """
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        told = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        return int(told[1]) if told else None
    return None if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE else 0
