"""Damages valid input for one target, guided by what the code does with it, until something breaks or time is up.

    python -m tests.fuzz TARGET [OPTION-OF-LIBFUZZER...]

atheris, which this needs, is not among the requirements: pip install atheris. What is found is written to a file in the
working directory, and named at the end.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["wyrcan_tui"]):
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.targets import ARCHIVE_TARGETS, TARGETS, sealed


def main() -> None:
    """Fuzz the target that the first argument names."""
    name, *options = sys.argv[1:] or ["none"]
    if name not in TARGETS:
        sys.exit(f"There is no target {name!r}. The targets are: {', '.join(TARGETS)}.")
    target = TARGETS[name]
    corpus = Path(tempfile.mkdtemp(prefix="wyrcan-fuzz-"))
    for number, seed in enumerate(SEEDS[name]):
        (corpus / str(number)).write_bytes(seed)

    def once(data: bytes) -> None:
        target(sealed(data) if name in ARCHIVE_TARGETS else data)

    # Longer than any seed, so that parts of several can come together.
    atheris.Setup([sys.argv[0], "-max_len=32768", *options, str(corpus)], once)
    atheris.Fuzz()


main()
