"""Bodies of answers: as long as they may be, as slow as they may be, and JSON where it should be."""

from __future__ import annotations

import contextlib
import errno
import json
import time
from collections.abc import Generator
from functools import partial
from typing import Final

import urllib3

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.manifest import LARGEST_DOCUMENT
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.answer import Answer
from wyrcan_tui.registry.failure import place, system_words
from wyrcan_tui.registry.watchdog import Watchdog
from wyrcan_tui.texts import _

_WINDOW: Final = 120.0
_LEAST: Final = 64 << 10
"""Bytes that must come in each `_WINDOW` seconds of waiting: what trickles would hold a boot up for ever."""
_CHUNK: Final = 1 << 20


def pieces(answer: Answer, meter: Meter) -> Generator[bytes]:
    """Yield a body in pieces of at most about a mebibyte, as they come, and close the answer.

    Raises:
        urllib3.exceptions.HTTPError: where it breaks off, or comes so slowly that nobody should wait for it.
        CancelledError: where somebody asked to stop, also while nothing comes.
    """
    waited, received = 0.0, 0
    hang_up = partial(_hang_up, answer)
    with answer, Watchdog(_WINDOW, hang_up, _trickled()) as watchdog:
        # Between chunks there can be words without an end, all in one call.
        watched = watchdog.watching if answer.raw.chunked else contextlib.nullcontext
        while True:
            began = time.monotonic()
            with watched(), meter.waiting(hang_up):
                # Read as it comes: what waits to fill a buffer is lost when the transfer breaks off.
                piece = answer.raw.read1(_CHUNK)
            if not piece:
                return
            # Only what the registry takes counts, not what is done with the pieces meanwhile.
            waited += time.monotonic() - began
            received += len(piece)
            yield piece
            if waited >= _WINDOW:
                if received < _LEAST:
                    raise _trickled()
                waited, received = 0.0, 0


def _hang_up(answer: Answer) -> None:
    # RuntimeError: its connection has just been given back, and may be somebody else's by now.
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        answer.raw.shutdown()


def _trickled() -> urllib3.exceptions.ProtocolError:
    return urllib3.exceptions.ProtocolError(OSError(errno.ETIMEDOUT, _("it only trickled in")))


def read_bounded(answer: Answer, meter: Meter) -> bytes:
    """Return an answer's body, which may not be larger than a manifest may be.

    Raises:
        WyrcanError: ``registry-error`` where it is larger; ``registry-unreachable`` where it breaks off or trickles.
        CancelledError: where somebody asked to stop.
    """
    body = bytearray()
    try:
        for piece in pieces(answer, meter):
            body += piece
            if len(body) > LARGEST_DOCUMENT:
                raise WyrcanError(
                    "registry-error",
                    _("The registry's answer is endless."),
                    hint=_("Check the address: is it the registry itself?"),
                    url=place(answer.url),
                )
    except urllib3.exceptions.HTTPError as error:
        raise WyrcanError(
            "registry-unreachable",
            _("The registry's answer broke off: {why}.").format(why=system_words(error)),
            hint=_("Try again."),
        ) from error
    return bytes(body)


def read_start(answer: Answer, meter: Meter) -> bytes:
    """Return the beginning of a body on which nothing depends: 64 KiB, or what came before it broke off.

    Raises:
        CancelledError: where somebody asked to stop.
    """
    body = bytearray()
    with contextlib.suppress(urllib3.exceptions.HTTPError), contextlib.closing(pieces(answer, meter)) as coming:
        for piece in coming:
            body += piece
            if len(body) >= _LEAST:
                break
    return bytes(body[:_LEAST])


def parse_json(data: bytes, address: RegistryAddress) -> dict[str, object]:
    """Return a JSON object.

    Raises:
        WyrcanError: ``registry-error`` for anything else.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _nonsense(address, error) from error
    if not isinstance(document, dict):
        raise _nonsense(address, _("no JSON object"))
    return document


def _nonsense(address: RegistryAddress, why: object) -> WyrcanError:
    return WyrcanError(
        "registry-error",
        _("{host} does not answer as a registry does: {why}.").format(host=address.host, why=why),
        hint=_("Check the address: is it the registry itself?"),
    )
