"""Looks at drafts while somebody types: objections, length, parts; and what may stand in variables."""

import re
from collections.abc import Sequence
from typing import Annotated, Protocol, Self

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.sms.console_api.views import SignatureBody, TemplateBody, Text
from hongyan.rooms.sms.contracts import TemplateForm, VariableType
from hongyan.rooms.sms.rules.objections import Objection, Severity
from hongyan.rooms.sms.rules.templates import MAX_VARIABLES
from hongyan.rooms.sms.rules.values import EXAMPLES, MAX_LENGTH, find_problem
from hongyan.rooms.sms.service.door import SmsService
from telcowire.smstext.segments import count_segments, count_units

_NUMBERED = re.compile(r"\$\{(\d{1,3})\}", re.ASCII)


class _Text(Protocol):
    """A message as it would be sent."""

    @property
    def text(self) -> str:
        """The signature first."""
        ...


class _Compiled(Protocol):
    """A template that can be filled."""

    def render(self, values: Sequence[str], link: str | None) -> _Text:
        """Return the message for one recipient."""
        ...


class Compile(Protocol):
    """How templates are filled: the room that sends does it, so that counts here are counts there."""

    def __call__(self, content: str, *, link_index: int | None, signature: str) -> _Compiled:
        """Compile a template."""
        ...


class TemplateDraft(TemplateBody):
    """A template as it stands in the form, with values to try it with."""

    examples: Annotated[dict[int, Text], Field(max_length=99, default_factory=dict)]
    """By number of the variable; where one is missing, the type's own example is taken."""


class ObjectionView(BaseModel):
    """One thing that is wrong, or looks wrong."""

    code: str
    severity: Severity
    field: str
    start: int | None
    end: int | None
    zh: str
    en: str

    @classmethod
    def of(cls, found: Objection) -> Self:
        """Return an objection."""
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class SizeView(BaseModel):
    """How long a message is with its signature."""

    chars: int
    parts: int


class TemplateLook(BaseModel):
    """What a look at a template's draft found."""

    objections: list[ObjectionView]
    text: str
    """With its signature, filled with the examples."""
    example: SizeView
    """Of that text."""
    longest: SizeView
    """Every variable as long as it may be."""


class SignatureLook(BaseModel):
    """What a look at a signature's draft found."""

    objections: list[ObjectionView]


class VariableTypeView(BaseModel):
    """A type of variables."""

    type: VariableType
    max_length: int
    example: str


class VariableTypes(BaseModel):
    """All types of variables; their rules are told in the interface's language."""

    items: list[VariableTypeView]
    max_variables: int


def drafts_router(db: Database, service: SmsService, auth: Auth, compile_template: Compile) -> APIRouter:
    """Return the endpoints that look at drafts."""
    router = APIRouter()
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/variable-types")
    async def list_variable_types(actor: caller) -> VariableTypes:
        """List what may stand in variables."""
        actor.tenant(Permission.SMS_TEMPLATE_LIST)
        return VariableTypes(
            items=[
                VariableTypeView(type=kind, max_length=MAX_LENGTH[kind], example=EXAMPLES[kind])
                for kind in VariableType
            ],
            max_variables=MAX_VARIABLES,
        )

    @router.post("/templates/precheck")
    async def look_at_template(actor: caller, draft: TemplateDraft) -> TemplateLook:
        """Tell what is wrong with a template's draft, and how long it gets."""
        form = draft.form()
        async with db.begin() as uow:
            found = await service.precheck.look_at_template(uow, actor, form)
        problems = [
            Objection("example", f"examples.{spec.index}", problem.reason, problem.reason_zh, severity=Severity.LIKELY)
            for spec in form.variables
            if (given := draft.examples.get(spec.index)) and (problem := find_problem(spec, given))
        ]
        tried = {spec.index: draft.examples.get(spec.index) or EXAMPLES[spec.type] for spec in form.variables}
        longest = {
            spec.index: EXAMPLES[spec.type] if spec.type is VariableType.NEWTEXT else "字" * MAX_LENGTH[spec.type]
            for spec in form.variables
        }
        text = _fill(compile_template, form, found.signature_name, tried)
        return TemplateLook(
            objections=[ObjectionView.of(one) for one in (*found.objections, *problems)],
            text=text,
            example=_size(text),
            longest=_size(_fill(compile_template, form, found.signature_name, longest)),
        )

    @router.post("/signatures/precheck")
    async def look_at_signature(actor: caller, draft: SignatureBody) -> SignatureLook:
        """Tell what is wrong with a signature's draft."""
        async with db.begin() as uow:
            found = await service.precheck.look_at_signature(uow, actor, draft.draft())
        return SignatureLook(objections=[ObjectionView.of(one) for one in found])

    return router


def _fill(compile_template: Compile, form: TemplateForm, signature: str, given: dict[int, str]) -> str:
    """Return a draft filled with values; a variable that the draft does not declare stays, as ``$(1)``."""
    content = _NUMBERED.sub(lambda match: match[0] if int(match[1]) in given else f"$({match[1]})", form.content)
    used = {int(number) for number in _NUMBERED.findall(content)}
    links = [spec.index for spec in form.variables if spec.type is VariableType.NEWTEXT and spec.index in used]
    link_index = links[0] if links else None
    values = [given[index] for index in sorted(used) if index != link_index]
    compiled = compile_template(content, link_index=link_index, signature=signature)
    text = compiled.render(values, "" if link_index is None else given[link_index]).text
    return text if signature else text.removeprefix("【】")


def _size(text: str) -> SizeView:
    return SizeView(chars=count_units(text), parts=count_segments(text))
