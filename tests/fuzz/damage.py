"""Damage for hypothesis to do: bytes changed, cut out, put in and doubled, and JSON with other values."""

import copy
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

WORDS = [
    b"\0",
    b"\xff" * 12,
    b"\x80" + bytes(11),
    b"7" * 11,
    b"../",
    b"/",
    b".wh.",
    b"GNU.sparse.",
    b"x",
    b"L",
    b"S",
    b"1",
]
fragments = st.one_of(st.binary(max_size=24), st.sampled_from(WORDS), st.integers(0, 1 << 40).map(lambda n: b"%o" % n))
values = st.recursive(
    # The last number is larger than any that floating point has.
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

thoroughly = settings(max_examples=400, deadline=20_000, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""Many examples, none of which may take long, even on a busy machine."""


@st.composite
def damaged(draw: st.DrawFn, seeds: Sequence[bytes], block: int = 1) -> bytes:
    """One of the seeds with a few things wrong; what is moved is counted in blocks half of the time."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 6))):
        unit = draw(st.sampled_from([1, block]))
        start = draw(st.integers(0, len(data) // unit)) * unit
        end = start + draw(st.integers(0, 4)) * unit
        match draw(st.sampled_from(["change", "cut", "insert", "double"])):
            case "change":
                new = draw(fragments)
                data[start : start + len(new)] = new
            case "cut":
                del data[start:end]
            case "insert":
                data[start:start] = draw(fragments)
            case "double":
                data[start:start] = data[start:end]
    return bytes(data)


@st.composite
def damaged_json(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of the documents with other values in some places, or without them."""
    document: Any = copy.deepcopy(json.loads(draw(st.sampled_from(seeds))))
    for _ in range(draw(st.integers(1, 4))):
        parent, key = draw(st.sampled_from(list(_places(document)) or [({}, "")]))
        if draw(st.booleans()):
            parent[key] = draw(values)
        elif isinstance(parent, dict):
            parent.pop(key, None)
    return json.dumps(document).encode()


def _places(document: Any) -> list[tuple[Any, Any]]:
    keys = document if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
    return [place for key in keys for place in [(document, key), *_places(document[key])]]
