"""Auto-answers of signatures: what a text from a phone is answered with, where a tenant wants that.

Not for: sending them (``campaigns``), nor the opt-out itself, which holds with and without an answer (``receipts``).
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.sms.contracts import Answer, AutoAnswers
from hongyan.rooms.sms.rules import answers as rules
from hongyan.rooms.sms.rules.ids import is_uuid
from hongyan.rooms.sms.service.signatures import SignaturesService
from hongyan.rooms.sms.store import answers as store

Words = Callable[[], Awaitable[frozenset[str]]]
"""The words that no text may say, as they are now."""


async def no_words() -> frozenset[str]:
    """Return no words: where nobody keeps a list."""
    return frozenset()


class AnswersService:
    """Use cases of auto-answers; both are off until somebody writes them."""

    def __init__(self, *, identity: IdentityService, signatures: SignaturesService, words: Words) -> None:
        """Ask ``words`` at every change."""
        self._identity = identity
        self._signatures = signatures
        self._words = words

    async def get_answers(self, uow: Uow, actor: Actor, signature_id: str) -> AutoAnswers:
        """Return what a signature of the actor's tenant answers.

        Raises:
            SignatureNotFound: the tenant has none with that id.
        """
        return await self.get_answers_of(uow, actor.tenant(Permission.SIGNATURE_LIST), signature_id)

    async def set_answers(self, uow: Uow, actor: Actor, signature_id: str, answers: AutoAnswers) -> AutoAnswers:
        """Set what a signature of the actor's tenant answers, in force for what comes after the commit.

        Raises:
            SignatureNotFound: the tenant has none with that id.
            InvalidInput: a text breaks a rule.
        """
        return await self.set_answers_of(uow, actor, actor.tenant(Permission.SIGNATURE_UPDATE), signature_id, answers)

    async def get_answers_of(self, uow: Uow, tenant_id: TenantId, signature_id: str) -> AutoAnswers:
        """Return what any tenant's signature answers (operators' shell).

        Raises:
            SignatureNotFound: the tenant has none with that id.
        """
        found = await self._signatures.find(uow, tenant_id, signature_id)
        return await store.get_answers(uow, tenant_id, found.signature_id)

    async def set_answers_of(
        self, uow: Uow, actor: Actor, tenant_id: TenantId, signature_id: str, answers: AutoAnswers
    ) -> AutoAnswers:
        """Set what any tenant's signature answers (operators' shell).

        Raises:
            SignatureNotFound: the tenant has none with that id.
            InvalidInput: a text breaks a rule.
        """
        rules.check_answers(answers, await self._words())
        found = await self._signatures.find(uow, tenant_id, signature_id, lock=True)
        before = await store.get_answers(uow, tenant_id, found.signature_id)
        await store.set_answers(uow, tenant_id, found.signature_id, answers)
        await self._identity.note(
            uow,
            actor,
            "signature.set_answers",
            subject_kind="signature",
            subject_id=found.signature_id,
            tenant_id=tenant_id,
            before=asdict(before),
            after=asdict(answers),
        )
        return answers

    async def find_answer(
        self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId, *, is_refusal: bool
    ) -> Answer | None:
        """Return what is to be answered; ``None``: nothing, or the signature or its app cannot be used now."""
        if not is_uuid(signature_id):
            return None
        return await store.find_answer(uow, tenant_id, signature_id, is_refusal=is_refusal)
