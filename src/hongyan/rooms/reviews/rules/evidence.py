"""Which files a submission names, by kind, read from its snapshot. Pure.

Not for: their bytes; the submitting room gives them (``contracts.EvidenceReader``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MATERIAL = re.compile(r"https?://[^\s]+/m/([0-9a-zA-Z_-]+\.(?:png|jpg|jpeg|gif|mp4))", re.ASCII)
_WITH_PAPERS = frozenset({"enterprises.filing", "campaigns.link_domain", "video_sms.signature"})
_SIGNATURE_FILES = ("licence_file_id", "attorney_file_id")
MAX_FILES = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that a submission names."""

    field: str
    """The field it was uploaded for."""
    ref: str
    """What the room knows it by."""
    name: str = ""
    """As the customer called it, where the snapshot says so."""


def list_evidence(kind: str, snapshot: Mapping[str, Any]) -> tuple[Evidence, ...]:
    """Return the files in the order in which the snapshot names them, each once."""
    room = kind.partition(".")[0]
    if kind in _WITH_PAPERS:
        found = [Evidence(p["field"], p["paper_id"], p["name"]) for p in snapshot.get("papers", [])]
    elif kind == "sms.signature":
        found = [Evidence(field, str(snapshot[field])) for field in _SIGNATURE_FILES if snapshot.get(field)]
    elif room == "service_accounts":
        found = list(_account_pictures(snapshot.get("form") or {}))
    elif kind == "smart.template":
        found = [Evidence("pages", ref, ref) for ref in _materials(snapshot.get("pages"))]
    else:
        found = []
    unique = {(one.field, one.ref): one for one in found}
    return tuple(unique.values())[:MAX_FILES]


def _account_pictures(form: Mapping[str, Any]) -> Iterator[Evidence]:
    for field in ("logo", "background"):
        if form.get(field):
            yield Evidence(field, str(form[field]))
    for proof in form.get("proofs") or ():
        yield Evidence("proofs", str(proof))
    for app in form.get("fastapps") or ():
        if app.get("logo"):
            yield Evidence("fastapps", str(app["logo"]))


def _materials(value: object) -> Iterator[str]:
    """Yield the names of materials in a card's document, wherever they stand."""
    if isinstance(value, str):
        if found := _MATERIAL.fullmatch(value):
            yield found[1]
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _materials(part)
    elif isinstance(value, list):
        for part in value:
            yield from _materials(part)
