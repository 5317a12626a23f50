"""The real systemd-networkd on a cable of its own, in a network namespace, with nothing else of systemd.

    found = configured({"10-ve0.network": "[Match]\nName=ve0\n..."})
    found.addresses

It needs no D-Bus, and with /sys read-only it does not wait for udev (``udev_available`` in its source).
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

NETWORKD = Path("/usr/lib/systemd/systemd-networkd")
CARD = "ve0"
"""The end of the cable that is configured; the other one is up and does nothing."""

_SCRIPT = """
set -eu
mount -t tmpfs none /run
mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
chown -R systemd-network:systemd-network /run/systemd/netif
if [ -d /etc/systemd/network ]; then mount -t tmpfs none /etc/systemd/network; fi
mount -t sysfs -o ro none /sys
ip link add ve0 address 52:54:00:00:00:01 type veth peer name pe0
ip link set lo up
ip link set pe0 up
cp "$1"/* /run/systemd/network/
/usr/lib/systemd/systemd-networkd 2>"$2" &
networkd=$!
state=/run/systemd/netif/links/$(cat /sys/class/net/ve0/ifindex)
for _ in $(seq 300); do
  if grep -qs ADMIN_STATE=configured "$state"; then break; fi
  sleep 0.1
done
ip -json address show dev ve0
cat "$state"
kill $networkd
wait $networkd
"""


@dataclass(frozen=True)
class Configured:
    """What networkd made of the card: addresses with their lengths, largest packet, and what it says of it itself."""

    addresses: frozenset[str]
    mtu: int
    state: Mapping[str, str]


def configured(files: Mapping[str, str]) -> Configured:
    """Have networkd read these files, and wait until the card is as it shall be.

    Raises:
        AssertionError: it never is; the message holds what networkd says.
    """
    with TemporaryDirectory(prefix="networkd-") as name:
        folder, log = Path(name, "files"), Path(name, "log")
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_text(content)
        command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", _SCRIPT, "bash"]
        done = subprocess.run([*command, folder, log], capture_output=True, text=True, check=False, timeout=120)
        said = f"{done.stderr}{log.read_text() if log.exists() else ''}"
        assert done.returncode == 0, said
        first, *lines = done.stdout.splitlines()
        state = dict(line.split("=", 1) for line in lines if "=" in line)
        assert state.get("ADMIN_STATE") == "configured", said
    (link,) = json.loads(first)
    addresses = frozenset(f"{it['local']}/{it['prefixlen']}" for it in link["addr_info"] if it["scope"] == "global")
    return Configured(addresses, link["mtu"], state)
