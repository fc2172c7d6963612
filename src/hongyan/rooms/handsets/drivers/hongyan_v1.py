"""Driver of ``hongyan_v1``, the platform's half of our own published interface. Source: docs/protocols/handset.md §4.

Not for: calls that arrive from vendors (``smart.public_web``).
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from hongyan.kernel.clock import Clock
from hongyan.kernel.http.client import OutgoingError, OutgoingHttp
from hongyan.kernel.ids import Ids
from hongyan.rooms.handsets import rules
from hongyan.rooms.handsets.contracts import (
    Registration,
    RegistrationState,
    TemplateSubmission,
    Vendor,
    VendorAccount,
)
from hongyan.rooms.handsets.errors import VendorUnreachable

CALL_TIMEOUT_S = 10.0
_OK = 200

T = TypeVar("T")


class VendorAnswer(msgspec.Struct, frozen=True):
    """What a vendor says about one number; ``age_s`` is how long ago it learnt it, ``confidence`` percent."""

    capable: Literal["yes", "no", "unknown"]
    age_s: Annotated[int, msgspec.Meta(ge=0, le=3_000_000_000)] = 0
    confidence: Annotated[int, msgspec.Meta(ge=0, le=100)] = 100


class _Answers(msgspec.Struct, frozen=True):
    answers: list[VendorAnswer]


class _State(msgspec.Struct, frozen=True):
    state: str
    ref: str | None = None
    reason: str | None = None


class HongyanV1:
    """One vendor's account, ready to be called. Safe to use from many tasks at once."""

    def __init__(self, account: VendorAccount, secret: bytes, *, out: OutgoingHttp, clock: Clock, ids: Ids) -> None:
        """Sign with ``secret``."""
        self._account = account
        self._secret = secret
        self._out = out
        self._clock = clock
        self._ids = ids

    @property
    def vendor(self) -> Vendor:
        """Whose account it is."""
        return self._account.vendor

    async def ask(self, sha256: Sequence[str], sha1: Sequence[str]) -> list[VendorAnswer]:
        """Ask about at most 1,000 numbers by their hashes; the answer has their order.

        ``sha256`` may be empty when a customer gave only SHA-1 hashes.

        Raises:
            VendorUnreachable: no answer, or not one of the interface.
        """
        answers = await self._call("/v1/capabilities", {"sha256": list(sha256), "sha1": list(sha1)}, _Answers)
        if len(answers.answers) != len(sha1):
            raise VendorUnreachable(vendor=self.vendor.value, reason="the answer has another length than the question")
        return answers.answers

    async def register_domain(self, domain: str) -> Registration:
        """Tell the vendor that links of ``domain`` are ours.

        Raises:
            VendorUnreachable: no answer, or not one of the interface.
        """
        return self._registration(await self._call("/v1/domains", {"domain": domain}, _State))

    async def submit_template(self, submission: TemplateSubmission) -> Registration:
        """Hand in a card template; the vendor decides at once or later through ``template-states``.

        Raises:
            VendorUnreachable: no answer, or not one of the interface.
        """
        body = {
            "tpl_id": submission.tpl_id,
            "version": submission.version,
            "name": submission.name,
            "card_id": submission.card_id,
            "pages": submission.document.get("pages", []),
        }
        return self._registration(await self._call("/v1/templates", body, _State))

    def _registration(self, answer: _State) -> Registration:
        try:
            state = RegistrationState(answer.state)
        except ValueError as error:
            raise VendorUnreachable(vendor=self.vendor.value, reason=f"unknown state {answer.state[:40]}") from error
        return Registration(self.vendor, state, answer.ref, answer.reason)

    async def _call(self, path: str, body: object, answer_type: type[T]) -> T:
        url = self._account.endpoint.rstrip("/") + path
        raw = msgspec.json.encode(body)
        headers = rules.signed_headers(
            self._account.key_id,
            self._secret,
            method="POST",
            path=urlsplit(url).path,
            now=self._clock.now().astimezone(UTC),
            nonce=self._ids.uuid(),
            body=raw,
        )
        try:
            answer = await self._out.request("POST", url, headers=headers, body=raw, timeout_s=CALL_TIMEOUT_S)
        except OutgoingError as error:
            raise VendorUnreachable(vendor=self.vendor.value, reason=error.code) from error
        if answer.status != _OK:
            raise VendorUnreachable(vendor=self.vendor.value, reason=f"HTTP {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=answer_type)
        except msgspec.MsgspecError as error:
            raise VendorUnreachable(vendor=self.vendor.value, reason="the answer is not readable") from error
