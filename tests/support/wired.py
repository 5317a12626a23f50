"""A machine with two network cards, and what networkd is told of them."""

from tests.support.rig import Rig

MAC = "52:54:00:12:34:56"
OTHER = "52:54:00:12:34:57"


def written(rig: Rig) -> dict[str, str]:
    """The files that networkd reads."""
    folder = rig.root / "run/systemd/network"
    return {path.name: path.read_text() for path in folder.iterdir()} if folder.exists() else {}
