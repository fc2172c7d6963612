"""Options that several commands have, and the settings they make."""

from pathlib import Path
from typing import Annotated

import typer

from hongyan.kernel.settings import Settings

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="All state lies here (default: var, or HONGYAN_DATA_DIR).")
]


def settings_of(data_dir: Path | None = None, **values: object) -> Settings:
    """Return the environment's settings with the options of the command in front."""
    given = {key: value for key, value in values.items() if value is not None}
    if data_dir is not None:
        given["data_dir"] = data_dir
    return Settings().model_copy(update=given).absolute()
