"""Memory is a process's own, whatever started it."""

import subprocess
import sys
from pathlib import Path

from evals.memory import peak_mib

ROOT = Path(__file__).resolve().parent.parent
CHILD = "from evals.memory import peak_mib; small = peak_mib(); held = bytearray(100 * 2**20); print(small, peak_mib())"


def test_peak_is_the_process_s_own_and_grows_with_what_it_holds():
    held = bytearray(300 * 2**20)
    assert peak_mib() > len(held) / 2**20
    printed = subprocess.run([sys.executable, "-c", CHILD], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    small, large = map(float, printed.split())
    assert small < 100
    assert large > small + 90
