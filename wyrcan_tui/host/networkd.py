"""The network as systemd-networkd runs it (systemd.network(5), networkctl(1))."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TextIO

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.links import Link, own_mac, read_links
from wyrcan_tui.texts import _

NetworkFiles = Mapping[str, Mapping[str, Mapping[str, str]]]
"""File names (with their suffix), their sections, and the keys and values in those."""

_PATIENCE: Final = 60.0
"""Seconds that everything here is waited for: a boot with nobody there must go on."""
_LOOK: Final = 0.05


class Networkd:
    """The network of the machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "run/systemd/network"
        self._own = root / "run/wyrcan"
        self._entered = self._own / "network.json"
        self._applied = self._own / "network-applied.json"

    @contextlib.contextmanager
    def editing(self) -> Iterator[None]:
        """Keep all other consoles from changing the network inside a ``with`` block; wait for who is at it.

        Raises:
            WyrcanError: ``network-unwritable``, ``network-busy``.
        """
        try:
            self._own.mkdir(parents=True, exist_ok=True)
            lock = (self._own / "network.lock").open("a")
        except OSError as error:
            raise _unwritable(error) from error
        with lock:
            deadline = time.monotonic() + _PATIENCE
            while not _locked(lock):
                if time.monotonic() > deadline:
                    raise WyrcanError(
                        "network-busy",
                        _("The network settings cannot be used: another console has been at them for a long time."),
                        hint=_("Wait, or end what goes on there."),
                    )
                time.sleep(_LOOK)
            yield

    def apply(self, files: NetworkFiles, gone: Iterable[str] = ()) -> bool:
        """Write configuration files for networkd and udev, until the next reboot, and remove those that are `gone`.

        Tell whether any of them changed.

        Raises:
            WyrcanError: ``network-unwritable``.
        """
        changed = False
        gone = frozenset(gone) - files.keys()
        try:
            # Before the files themselves: of none it may be forgotten that it is ours.
            self._note_applied({**self.applied, **files})
            for name in gone:
                if (path := self._folder / name).exists():
                    path.unlink()
                    changed = True
            for name, sections in files.items():
                text = render(sections)
                path = self._folder / name
                if path.exists() and path.read_bytes() == text.encode():
                    continue
                self._folder.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                changed = True
            self._note_applied({name: sections for name, sections in self.applied.items() if name not in gone})
        except OSError as error:
            raise _unwritable(error) from error
        return changed

    @property
    def applied(self) -> NetworkFiles:
        """All files that `apply` wrote since the machine was started, at whatever console, and that are not gone."""
        try:
            found = json.loads(self._applied.read_bytes())
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {name: sections for name, sections in found.items() if isinstance(sections, dict) and "/" not in name}

    def _note_applied(self, files: NetworkFiles) -> None:
        if files != self.applied:
            self._put(self._applied, json.dumps(files).encode())

    def remove(self, interfaces: Iterable[str]) -> None:
        """Take away VLANs and bonds that networkd made, which it never does by itself (networkctl(1), "reload").

        Raises:
            WyrcanError: ``network-unchanged``.
        """
        there = [name for name in interfaces if name and (self._root / "sys/class/net" / name).exists()]
        if there and self._is_running:
            _run("networkctl", "delete", *there)

    def reload(self) -> None:
        """Have udev and networkd take changed files up. Where one does not run yet, it will read them when it starts.

        Raises:
            WyrcanError: ``network-unchanged``.
        """
        # What a .link file says is done by udev, and only when a card appears (systemd.link(5)): to those that are here
        # already it must seem so. That comes first, as networkd matches interfaces by their names.
        if (self._root / "run/udev/control").exists() and any(self._folder.glob("*.link")):
            _run("udevadm", "control", "--reload")
            _run("udevadm", "trigger", "--settle", "--action=add", "--subsystem-match=net")
        if self._is_running:
            # Not `networkctl reload`: that speaks to networkd over D-Bus, which is not on the ISO.
            _run("systemctl", "reload", "systemd-networkd.service")

    @property
    def _is_running(self) -> bool:
        # Its folder is no sign of networkd: systemd-tmpfiles makes that before.
        return (self._root / "run/systemd/netif/state").exists()

    def enter(self, document: bytes) -> None:
        """Keep what somebody at a console says of the network, for all consoles, until the next reboot.

        Raises:
            WyrcanError: ``network-unwritable``.
        """
        try:
            self._put(self._entered, document)
        except OSError as error:
            raise _unwritable(error) from error

    @property
    def entered(self) -> bytes | None:
        """What was given to `enter` last; None where nothing was or we may not know, empty where it cannot be read."""
        try:
            return self._entered.read_bytes()
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
        except OSError:
            return b""

    def _put(self, path: Path, document: bytes) -> None:
        """Give a file other content, all at once for who reads it; there may be keys in it."""
        # Consoles may do this at the same time.
        draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(0o600)
        draft.write_bytes(document)
        draft.replace(path)

    def own_mac(self, interface: str) -> str:
        """Return the MAC address that a network card has for ever; empty where it gets another at each start."""
        return own_mac(self._root, interface)

    @property
    def online(self) -> bool:
        """Whether an interface has an address and a route out; always true where networkd is not in charge."""
        try:
            state = (self._root / "run/systemd/netif/state").read_text()
        except OSError:
            return True
        return "OPER_STATE=routable" in state.splitlines()

    def links(self) -> list[Link]:
        """Return all interfaces but loopback, by name."""
        return read_links(self._root)


def render(sections: Mapping[str, Mapping[str, str]]) -> str:
    """Return a networkd file's text, an empty line after every section as Wyrcan 2.1.2 has it."""
    return "".join(
        "\n".join([f"[{section}]", *(f"{key}={value}" for key, value in keys.items()), "\n"])
        for section, keys in sections.items()
    )


def _unwritable(error: OSError) -> WyrcanError:
    return WyrcanError(
        "network-unwritable",
        _("The network settings cannot be written: {reason} ({path}).").format(
            reason=error.strerror, path=error.filename
        ),
        hint=_("Run as root."),
    )


def _locked(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_PATIENCE)
        reason = done.stderr.strip() or f"{command[0]}: {done.returncode}" if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = str(error)
    if reason:
        raise WyrcanError(
            "network-unchanged",
            _("The network settings were written, but not taken up: {reason}.").format(reason=reason),
            hint=_("Start the machine again."),
        )
