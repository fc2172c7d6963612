"""What an operator can mend, as an error with its next step.

Apart from ``output``: ``hongyan send`` needs no database driver.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from hongyan.kernel.embedded.child import EmbeddedServerError
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.keys.ring import KeyRingError
from hongyan.run.backup import BackupError
from hongyan.run.commands.output import fail


@contextmanager
def refusing(*, as_json: bool = False) -> Iterator[None]:
    """Turn what an operator can mend into an error with its next step: no installation there, not running, refused."""
    try:
        yield
    except HongyanError as error:
        fail(error.text("en"), as_json=as_json)
    except BackupError as error:
        fail(str(error), as_json=as_json)
    except (EmbeddedServerError, KeyRingError) as error:
        fail(str(error), hint="is this the data directory of a running `hongyan up`? (--data-dir)", as_json=as_json)
    except OperationalError as error:
        first = str(error.orig).strip().splitlines()[0]
        fail(f"the database does not answer: {first}", hint="is `hongyan up` running there?", as_json=as_json)
