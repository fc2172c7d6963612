"""``python -m support.chaos.launcher NAME``: one of our processes, with points to die at and a clock that can be moved.

``CHAOS_CONTROL`` is the folder through which the harness rules it, ``CHAOS_LABEL`` what it calls this one.
"""

import os
import sys
from pathlib import Path

from hongyan.run.cli import main
from support.chaos import clock, points

if __name__ == "__main__":
    control = Path(os.environ["CHAOS_CONTROL"])
    clock.install(control / "clock")
    points.install(sys.argv[1], control, os.environ["CHAOS_LABEL"])
    sys.argv = ["hongyan", *sys.argv[1:]]
    main()
