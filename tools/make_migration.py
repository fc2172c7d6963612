"""Write the first migrations from the tables as they are declared, one per room; later ones are written by hand.

``python tools/make_migration.py [ROOM …]`` overwrites the revisions of these rooms (or of all): use it only until the
first release. A room keeps its number; a new one gets the next.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateSequence

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from hongyan.kernel.db.database import sqlalchemy_url  # noqa: E402 - as above
from hongyan.kernel.db.metadata import metadata  # noqa: E402 - as above
from hongyan.kernel.embedded.postgres import FOR_TESTS, EmbeddedPostgres  # noqa: E402 - as above
from support.postgres import import_all_tables  # type: ignore[import-not-found]  # noqa: E402 - the path is set above

_HEAD = '''"""First schema: {title}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
{imports}
revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


def upgrade() -> None:
'''
_VERSIONS = ROOT / "src" / "hongyan" / "migrations" / "versions"
_KERNEL = ("from hongyan.kernel.jobs.queue import schema_sql\n", ["    op.execute(schema_sql())"])


def owner_of(name: str, owners: list[str]) -> str:
    """Return the room whose name a table or sequence begins with."""
    return next(owner for owner in owners if name.startswith(f"{owner}_"))


def numbered(rooms: list[str]) -> list[str]:
    """Return the owners in the order of their revisions."""
    known = [path.stem[5:] for path in sorted(_VERSIONS.glob("*.py"))]
    return [*known, *(owner for owner in ["kernel", *rooms] if owner not in known)]


def main() -> None:
    """Compare the declared tables with an empty database and write down the difference, room by room."""
    import_all_tables()
    rooms = sorted(path.name for path in (ROOT / "src/hongyan/rooms").iterdir() if (path / "tables.py").exists())
    owners = numbered(rooms)
    wanted = sys.argv[1:] or owners
    with tempfile.TemporaryDirectory(prefix="hy-mig-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder) / "data", Path(folder), settings=FOR_TESTS)
        with (Path(folder) / "log").open("wb") as log:
            server.start(log=log)
            engine = create_engine(sqlalchemy_url(server.url("postgres")))
            with engine.connect() as connection:
                context = MigrationContext.configure(connection)
                operations = (produce_migrations(context, metadata).upgrade_ops or UpgradeOps()).ops
                for number, owner in enumerate(owners, 1):
                    if owner not in wanted:
                        continue
                    own = [op for op in operations if owner_of(op.table_name, owners) == owner]  # type: ignore[attr-defined]
                    write(number, owner, render_python_code(UpgradeOps(own), migration_context=context), owners)
            engine.dispose()
            server.stop(timeout_s=5)
    for command in (["format"], ["check", "--fix", "--exit-zero"], ["format"]):
        subprocess.run([Path(sys.executable).with_name("ruff"), *command, "--quiet", _VERSIONS], check=True)


def write(number: int, owner: str, body: str, owners: list[str]) -> None:
    """Write one revision."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    # Alembic compares no sequences.
    sequences = [
        f'    op.execute("{str(CreateSequence(sequence).compile(dialect=dialect)).strip()}")'
        for name, sequence in sorted(metadata._sequences.items())  # noqa: SLF001 - there is no other way
        if owner_of(name, owners) == owner
    ]
    imports, first = _KERNEL if owner == "kernel" else ("", [])
    title = f"the tables of {owner}" + (" and of the job queue" if owner == "kernel" else "")
    down = f'"{number - 1:04d}"' if number > 1 else "None"
    head = _HEAD.format(title=title, imports=imports, revision=f"{number:04d}", down=down)
    lines = [line for line in body.splitlines() if not line.strip().startswith("# ###")]
    (_VERSIONS / f"{number:04d}_{owner}.py").write_text(head + "\n".join([*first, *sequences, *lines]) + "\n")


if __name__ == "__main__":
    main()
