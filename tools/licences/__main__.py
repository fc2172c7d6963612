"""Write NOTICE from what is installed; exit 1 when a licence is unknown."""

import sys
import tomllib
from pathlib import Path

from licences.inventory import Package, iter_npm, iter_python, product_names
from licences.notice import complaints, compose

ROOT = Path(__file__).resolve().parents[2]


def collect(root: Path) -> list[tuple[str, list[Package]]]:
    """Sort what the tree at `root` uses into the tables of the NOTICE file."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = product_names(project["dependencies"])
    python = list(iter_python(root / "requirements" / "lock.txt"))
    npm_lock = root / "console" / "package-lock.json"
    npm = list(iter_npm(npm_lock)) if npm_lock.exists() else []
    return [
        ("Python packages of the product", [package for package in python if package.name in installed]),
        ("npm packages built into the console", [package for package, is_dev in npm if not is_dev]),
        ("Python packages for development and tests", [package for package in python if package.name not in installed]),
        ("npm packages for development and tests", [package for package, is_dev in npm if is_dev]),
    ]


def main() -> int:
    """Check all licences, then write NOTICE."""
    tables = collect(ROOT)
    unknown = complaints(package for _, packages in tables for package in packages)
    if unknown:
        print("Licences nobody has agreed to (tools/licences/expressions.py):", *unknown, sep="\n  ", file=sys.stderr)
        return 1
    (ROOT / "NOTICE").write_text(compose(tables), encoding="utf-8")
    print(f"NOTICE: {sum(len(packages) for _, packages in tables)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
