"""A look at a text before it is submitted: what the service would refuse, and what a reviewer would probably say.

Not for: deciding anything; submitting checks again.
"""

from dataclasses import dataclass

from hongyan.kernel.db.database import Uow
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.sms.contracts import SignatureForm, SmsType, TemplateForm
from hongyan.rooms.sms.errors import SignatureNeedsProof
from hongyan.rooms.sms.rules import likely
from hongyan.rooms.sms.rules import signatures as signature_rules
from hongyan.rooms.sms.rules import templates as template_rules
from hongyan.rooms.sms.rules.objections import Objection
from hongyan.rooms.sms.service.answers import Words
from hongyan.rooms.sms.service.signatures import RELATION_LETTER, SignaturesService

_WHILE_TYPING = frozenset({"template_name", "template_desc"})
"""Fields that are not looked at before they are submitted: nobody needs to hear that a form is not filled in yet."""


@dataclass(frozen=True, slots=True)
class TemplatePrecheck:
    """What was found, and the signature that goes in front of the text."""

    objections: tuple[Objection, ...]
    signature_name: str
    """Empty while none is chosen."""


class Precheck:
    """Looks at drafts."""

    def __init__(
        self,
        *,
        identity: IdentityService,
        enterprises: EnterprisesService,
        signatures: SignaturesService,
        words: Words,
    ) -> None:
        """Ask ``words`` at every look."""
        self._identity = identity
        self._enterprises = enterprises
        self._signatures = signatures
        self._words = words

    async def look_at_template(self, uow: Uow, actor: Actor, form: TemplateForm) -> TemplatePrecheck:
        """Return what is wrong with text and variables of a draft; the signature may be missing yet.

        Raises:
            SignatureNotFound: the tenant has no signature with the id given.
        """
        tenant_id = actor.tenant(Permission.SMS_TEMPLATE_LIST)
        signature = await self._signatures.find(uow, tenant_id, form.signature_id) if form.signature_id else None
        kind = form.type or (signature.form.type if signature else SmsType.NOTIFY)
        name = signature.form.name if signature else ""
        if not form.content:
            return TemplatePrecheck((), name)
        refused = [found for found in template_rules.find_refusals(form, kind) if found.field not in _WHILE_TYPING]
        guessed = likely.find_in_template(form.content, form.variables, kind, name, await self._words())
        return TemplatePrecheck((*refused, *guessed), name)

    async def look_at_signature(self, uow: Uow, actor: Actor, form: SignatureForm) -> tuple[Objection, ...]:
        """Return what is wrong with name and source of a draft; pictures are looked at when it is submitted."""
        tenant_id = actor.tenant(Permission.SIGNATURE_LIST)
        if not form.name:
            return ()
        tenant = await self._identity.get_tenant(uow, tenant_id)
        found = list(signature_rules.find_refusals(form))
        if signature_rules.needs_relation_proof(form, tenant.legal_name) and not (
            await self._enterprises.has_approved_paper(uow, tenant_id, RELATION_LETTER)
        ):
            error = SignatureNeedsProof("signature_name", name=form.name, legal_name=tenant.legal_name)
            found.append(Objection("needs_proof", "signature_name", error.text("en"), error.text("zh-CN")))
        is_foreign = await self._signatures.is_foreign(uow, tenant_id, form.name)
        return (*found, *likely.find_in_signature(form, is_foreign=is_foreign))
