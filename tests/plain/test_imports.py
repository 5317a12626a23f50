"""Plain mode starts without the libraries that draw."""

import subprocess
import sys


def test_nothing_that_draws_is_imported() -> None:
    program = "import sys, wyrcan_tui.plain.menu; print({'textual', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
