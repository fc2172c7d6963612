"""A worker process for tests of the queue: its one job writes down who runs it, and the first one never comes to an end.

``python -m support.job_worker DATABASE_URL FILE``
"""

import asyncio
import sys
from pathlib import Path

from hongyan.kernel.jobs.queue import Jobs


async def _work(url: str, file: Path) -> None:
    jobs = Jobs(url)

    @jobs.handler("kernel.test_mark")
    async def mark() -> None:
        is_first = not file.exists()
        with file.open("a") as out:
            out.write("run\n")
        if is_first:
            await asyncio.Event().wait()

    await jobs.open()
    await jobs.run_worker(concurrency=2, stop=asyncio.Event())


def main() -> None:
    """Work until killed."""
    asyncio.run(_work(sys.argv[1], Path(sys.argv[2])))


if __name__ == "__main__":
    main()
