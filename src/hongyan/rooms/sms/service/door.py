"""The door of the room: what a send may use, frozen; and the parts for apps, signatures and templates."""

from collections.abc import Callable, Sequence

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.files.store import Files
from hongyan.kernel.http.targets import Allowances
from hongyan.kernel.ids import Ids, SignatureId, SmsTemplateId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.sms.contracts import (
    AppStatus,
    SendableContent,
    SendableTemplate,
    SignatureStatus,
    TemplateStatus,
    ValueProblem,
    VariableSpec,
    VariableType,
)
from hongyan.rooms.sms.errors import (
    AppSuspended,
    SendAppMismatch,
    SendAppMissing,
    SendChannelLength,
    SendChannelMismatch,
    SendChannelMissing,
    SendSignatureMismatch,
    SendSignatureMissing,
    SendSignatureUnusable,
    SendTemplateForeign,
    SendTemplateInactive,
    SendTemplateMissing,
    SendTemplateNotFound,
    SendTemplateNotNumeric,
    ValueCountWrong,
)
from hongyan.rooms.sms.rules import values
from hongyan.rooms.sms.rules.ids import is_template_id
from hongyan.rooms.sms.service.answers import AnswersService, Words, no_words
from hongyan.rooms.sms.service.apps import AppsService
from hongyan.rooms.sms.service.desk import SmsDesk
from hongyan.rooms.sms.service.gates import Gates
from hongyan.rooms.sms.service.precheck import Precheck
from hongyan.rooms.sms.service.signatures import SignaturesService
from hongyan.rooms.sms.service.templates import TemplatesService
from hongyan.rooms.sms.store import templates as store

MAX_CHANNEL_DIGITS = 21


class SmsService:
    """SMS apps, signatures and templates.

    The parts are ``apps``, ``signatures``, ``answers``, ``templates``; ``desk`` and ``precheck`` serve the console.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        jobs: Jobs,
        files: Files,
        identity: IdentityService,
        reviews: ReviewsService,
        enterprises: EnterprisesService,
        allowances: Allowances | None = None,
        words: Words = no_words,
    ) -> None:
        """Build the parts.

        ``allowances`` are private targets that uplinks may be pushed to; ``words`` may not be said in auto-answers.
        """
        gates = Gates(jobs)
        self._enterprises = enterprises
        self.apps = AppsService(
            clock=clock,
            ids=ids,
            files=files,
            gates=gates,
            identity=identity,
            enterprises=enterprises,
            allowances=allowances or Allowances(),
        )
        self.signatures = SignaturesService(
            clock=clock,
            ids=ids,
            jobs=jobs,
            gates=gates,
            identity=identity,
            reviews=reviews,
            enterprises=enterprises,
        )
        self.answers = AnswersService(identity=identity, signatures=self.signatures, words=words)
        self.templates = TemplatesService(
            clock=clock, gates=gates, identity=identity, reviews=reviews, signatures=self.signatures
        )
        self.desk = SmsDesk(
            identity=identity,
            reviews=reviews,
            enterprises=enterprises,
            signatures=self.signatures,
            templates=self.templates,
        )
        self.precheck = Precheck(identity=identity, enterprises=enterprises, signatures=self.signatures, words=words)

    async def get_sendable(
        self,
        uow: Uow,
        tenant_id: TenantId,
        *,
        template_id: str,
        channel_number: str | None = None,
        signature_id: str | None = None,
        sign: str | None = None,
        app_name: str | None = None,
    ) -> SendableContent:
        """Return what a send with this template uses, frozen.

        The other arguments must belong to the template when they are given; ``None`` means that the caller does not
        ask,
        an empty text that the request left the field out and must not.

        Raises:
            SendAppMissing, SendAppMismatch: ``app_name`` (KM.00001124, KM.00001125).
            SendChannelMissing, SendChannelLength, SendChannelMismatch: ``channel_number`` (KM.00001126, KM.00001098,
            ours).
            SendSignatureMissing, SendSignatureMismatch: ``sign``, ``signature_id`` (KM.00001127, KM.00001128).
            SendTemplateMissing, SendTemplateNotNumeric, SendTemplateNotFound, SendTemplateForeign: ``template_id``
                (KM.00001129, KM.00001134, KM.00001135, KM.00001138).
            SendTemplateInactive, SendSignatureUnusable, AppSuspended, FilingMissing: it may not be used now.
        """
        _check_given(template_id, channel_number, sign, app_name)
        found = await store.find_in_use(uow, SmsTemplateId(template_id))
        if found is None:
            raise SendTemplateNotFound("sms_tpl_id", id=template_id)
        template = found.template
        if template.tenant_id != tenant_id:
            raise SendTemplateForeign("sms_tpl_id", id=template_id)
        if app_name is not None and app_name.casefold() != template.app_name.casefold():
            raise SendAppMismatch("sms_app_name", name=app_name)
        if sign is not None and sign.strip("【】") != template.signature_name:
            raise SendSignatureMismatch("sms_sign", name=sign)
        if signature_id is not None and signature_id != template.signature_id:
            raise SendSignatureMismatch("signature_id", name=signature_id)
        _check_usable(found)
        if channel_number is not None and channel_number != found.channel_number:
            raise SendChannelMismatch("channel_number", number=channel_number)
        await self._enterprises.require_filed(uow, tenant_id, Scene.SMART_SEND)
        return SendableContent(
            tenant_id=tenant_id,
            app_id=template.app_id,
            app_name=template.app_name,
            signature_id=template.signature_id,
            signature_name=template.signature_name,
            signature_type=found.signature_type,
            channel_number=found.channel_number,
            template_id=template.template_id,
            template_name=template.name,
            content=template.content,
            variables=template.variables,
            link_index=_link_index(template.variables),
            klass=template.type.klass,
        )

    async def list_sendable(self, uow: Uow, tenant_id: TenantId) -> tuple[SendableTemplate, ...]:
        """Return every template that a send may use now, by name: rows of the send form's pickers."""
        return tuple(
            SendableTemplate(
                template_id=template.template_id,
                template_name=template.name,
                content=template.content,
                app_id=template.app_id,
                app_name=template.app_name,
                signature_id=template.signature_id,
                signature_name=template.signature_name,
                signature_type=kind,
                channel_number=channel_number,
            )
            for template, kind, channel_number in await store.list_sendable(uow, tenant_id)
        )

    async def set_channel_number(
        self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId, channel_number: str
    ) -> None:
        """Write the number that carriers gave a signature; one that is being set up becomes usable. Safe to repeat."""
        await self.signatures.set_channel_number(uow, tenant_id, signature_id, channel_number)

    @staticmethod
    def compile_check(specs: Sequence[VariableSpec]) -> Callable[[Sequence[str]], ValueProblem | None]:
        """Return a function that finds the first problem in one recipient's values (one per spec, in order)."""
        return values.compile_check(specs)

    @staticmethod
    def check_values(specs: Sequence[VariableSpec], given: Sequence[str], field: str) -> None:
        """Check one recipient's values; ``field`` is the request's name for them (``sms_params``, ``template_params``).

        Raises:
            ValueCountWrong: more or fewer values than variables (KM.00001376).
            ValueRefused: a value breaks its rule (KM.00001375, KM.00001403, KM.00001404, or ours).
        """
        if len(given) != len(specs):
            raise ValueCountWrong(field, given=len(given), needed=len(specs))
        problem = values.compile_check(specs)(given)
        if problem is not None:
            raise values.refusal(problem, field)


def _check_given(template_id: str, channel_number: str | None, sign: str | None, app_name: str | None) -> None:
    """Refuse fields that are empty or cannot be what they should."""
    if app_name == "":
        raise SendAppMissing("sms_app_name")
    if channel_number == "":
        raise SendChannelMissing("sms_channel")
    if channel_number is not None and not (
        len(channel_number) <= MAX_CHANNEL_DIGITS and channel_number.isascii() and channel_number.isdigit()
    ):
        raise SendChannelLength("channel_number")
    if sign == "":
        raise SendSignatureMissing("sms_sign")
    if not template_id:
        raise SendTemplateMissing("sms_tpl_id")
    if not (template_id.isascii() and template_id.isdigit()):
        raise SendTemplateNotNumeric("sms_tpl_id", id=template_id)
    if not is_template_id(template_id):
        raise SendTemplateNotFound("sms_tpl_id", id=template_id)


def _check_usable(found: store.TemplateInUse) -> None:
    template = found.template
    if template.status is not TemplateStatus.ACTIVE:
        raise SendTemplateInactive("sms_tpl_id", id=template.template_id, state=template.status.value)
    if found.signature_status is not SignatureStatus.REVIEW_PASSED:
        raise SendSignatureUnusable("sms_sign", name=template.signature_name, state=found.signature_status.value)
    if found.app_status is not AppStatus.LAUNCHED:
        raise AppSuspended("sms_app_name", name=template.app_name)


def _link_index(variables: Sequence[VariableSpec]) -> int:
    return next(spec.index for spec in variables if spec.type is VariableType.NEWTEXT)
