"""``python -m support.up_program DATA_DIR PORT LINKS_PORT``: ``hongyan up`` over the stand-in processes."""

import asyncio
import sys
from pathlib import Path

from hongyan.kernel.settings import Settings
from hongyan.run.up import UpError, up

if __name__ == "__main__":
    settings = Settings(data_dir=Path(sys.argv[1]), port=int(sys.argv[2]), links_port=int(sys.argv[3]))
    try:
        sys.exit(asyncio.run(up(settings, program=(sys.executable, "-m", "support.process"))))
    except UpError as error:
        sys.exit(f"cannot start: {error}")
