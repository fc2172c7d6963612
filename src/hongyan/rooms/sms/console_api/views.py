"""What the console sends and reads about apps, signatures and templates; fields are named as in the vendor's API."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import Query
from pydantic import BaseModel, Field

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import FileId, SignatureId, SmsAppId
from hongyan.rooms.reviews.contracts import ReviewState, ReviewStory
from hongyan.rooms.sms.contracts import (
    AppStatus,
    Signature,
    SignatureForm,
    SignatureSource,
    SignatureStatus,
    SmsApp,
    SmsFile,
    SmsTemplate,
    SmsType,
    TemplateForm,
    TemplateStatus,
    VariableSpec,
    VariableType,
)

Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]
Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
Sort = Literal["-created_at", "created_at", "name", "-name"]
Text = Annotated[str, Field(max_length=5_000, pattern=r"^[^\x00]*$")]
"""PostgreSQL has no U+0000; the exact limits are the service's."""


class AppBody(BaseModel):
    """What is filled in for an app."""

    app_name: Text = ""
    up_link_addr: Text = ""


class AppView(BaseModel):
    """A row of the apps."""

    app_id: str
    app_name: str
    up_link_addr: str
    status: AppStatus
    created_at: datetime

    @classmethod
    def of(cls, app: SmsApp) -> Self:
        """Return the row of an app."""
        return cls(
            app_id=app.app_id,
            app_name=app.name,
            up_link_addr=app.uplink_url,
            status=app.status,
            created_at=app.created_at,
        )


class AppList(BaseModel):
    """A page of apps."""

    items: list[AppView]
    total: int


class FileView(BaseModel):
    """An uploaded picture; it is downloaded from ``/console/api/sms/files/{tenant_id}/{file_id}``."""

    file_id: str
    name: str
    media_type: str
    size_bytes: int

    @classmethod
    def of(cls, file: SmsFile) -> Self:
        """Return what is known of a picture."""
        return cls(file_id=file.file_id, name=file.name, media_type=file.media_type, size_bytes=file.size_bytes)


class SignatureBody(BaseModel):
    """What is filled in for a signature."""

    signature_name: Text = ""
    signature_type: SmsType = SmsType.NOTIFY
    app_id: Text = ""
    signature_source: SignatureSource = SignatureSource.COMPANY
    source_title_content: Text = ""
    is_involved_third: bool = False
    file_id: Text = ""
    power_attorney_file_id: Text = ""
    apply_desc: Text = ""

    def draft(self) -> SignatureForm:
        """Return the form as it is now."""
        return SignatureForm(
            name=self.signature_name,
            type=self.signature_type,
            app_id=SmsAppId(self.app_id),
            licence_file_id=FileId(self.file_id),
            source=self.signature_source,
            involves_third_party=self.is_involved_third,
            attorney_file_id=FileId(self.power_attorney_file_id) if self.power_attorney_file_id else None,
            source_title=self.source_title_content,
            apply_desc=self.apply_desc,
        )

    def form(self) -> SignatureForm:
        """Return the form to be submitted.

        Raises:
            InvalidInput: the app or the picture was left out.
        """
        if not self.app_id:
            raise InvalidInput("app_id", reason="choose an app", reason_zh="请选择所属应用")
        if not self.file_id:
            raise InvalidInput("file_id", reason="upload the business licence", reason_zh="请上传营业执照")
        return self.draft()


class SignatureView(BaseModel):
    """A row of the signatures."""

    signature_id: str
    signature_name: str
    signature_type: SmsType
    app_id: str
    app_name: str
    signature_source: SignatureSource
    source_title_content: str
    is_involved_third: bool
    file_id: str
    power_attorney_file_id: str | None
    apply_desc: str
    status: SignatureStatus
    channel_number: str
    review_desc: str
    is_asked_back: bool
    """What the desk said is a question: it asks for more."""
    urge_count: int
    urged_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, signature: Signature, asked_back: Collection[str] = ()) -> Self:
        """Return the row of a signature; ``asked_back`` are the ids of those that the desk asks about."""
        form = signature.form
        return cls(
            signature_id=signature.signature_id,
            signature_name=form.name,
            signature_type=form.type,
            app_id=form.app_id,
            app_name=signature.app_name,
            signature_source=form.source,
            source_title_content=form.source_title,
            is_involved_third=form.involves_third_party,
            file_id=form.licence_file_id,
            power_attorney_file_id=form.attorney_file_id,
            apply_desc=form.apply_desc,
            status=signature.status,
            channel_number=signature.channel_number,
            review_desc=signature.review_desc,
            is_asked_back=signature.signature_id in asked_back,
            urge_count=signature.urge_count,
            urged_at=signature.urged_at,
            created_at=signature.created_at,
        )


class SignatureList(BaseModel):
    """A page of signatures."""

    items: list[SignatureView]
    total: int


class EventView(BaseModel):
    """A line of a submission's history."""

    at: datetime
    action: str
    actor_name: str
    """Empty for the desk."""
    note: str


class StoryView(BaseModel):
    """A submission and what became of it."""

    state: ReviewState
    submitted_at: datetime
    submitted_by: str
    due_at: datetime
    decided_at: datetime | None
    reason: str
    urging_possible_at: datetime
    events: list[EventView]

    @classmethod
    def of(cls, story: ReviewStory) -> Self:
        """Return a submission as its owner may read it."""
        review = story.review
        return cls(
            state=review.state,
            submitted_at=review.submitted_at,
            submitted_by=review.submitted_by,
            due_at=review.due_at,
            decided_at=review.decided_at,
            reason=review.reason,
            urging_possible_at=story.urging_possible_at,
            events=[
                EventView(at=event.at, action=event.action.value, actor_name=event.actor_name, note=event.note)
                for event in story.events
            ],
        )


class SignatureDetail(BaseModel):
    """A signature with its pictures and its history."""

    signature: SignatureView
    files: list[FileView]
    stories: list[StoryView]


class ConsequencesView(BaseModel):
    """What goes with a signature when it is deleted."""

    channel_number: str
    template_count: int
    template_names: list[str]


class VariableBody(BaseModel):
    """One variable of a template."""

    variable_index: Annotated[int, Field(ge=1, le=99)]
    variable_type: VariableType
    variable_desc: Text = ""

    @classmethod
    def of(cls, spec: VariableSpec) -> Self:
        """Return a variable as the form holds it."""
        return cls(variable_index=spec.index, variable_type=spec.type, variable_desc=spec.desc)


Variables = Annotated[list[VariableBody], Field(max_length=99, default_factory=list)]


class TemplateBody(BaseModel):
    """What is filled in for a template."""

    template_name: Text = ""
    template_type: SmsType | None = None
    """The signature's where it is left out."""
    app_id: Text = ""
    signature_id: Text = ""
    template_content: Text = ""
    variable_attributes: Variables
    template_desc: Text = ""

    def form(self) -> TemplateForm:
        """Return the form that the service takes."""
        return TemplateForm(
            name=self.template_name,
            signature_id=SignatureId(self.signature_id),
            content=self.template_content,
            variables=tuple(
                VariableSpec(item.variable_index, item.variable_type, item.variable_desc)
                for item in self.variable_attributes
            ),
            app_id=SmsAppId(self.app_id) if self.app_id else None,
            type=self.template_type,
            desc=self.template_desc,
        )


class TemplateView(BaseModel):
    """A row of the templates."""

    template_id: str
    template_name: str
    template_type: SmsType
    app_id: str
    app_name: str
    signature_id: str
    signature_name: str
    template_content: str
    template_desc: str
    variable_attributes: list[VariableBody]
    status: TemplateStatus
    review_desc: str
    is_asked_back: bool
    """What the desk said is a question: it asks for more."""
    urge_count: int
    urged_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, template: SmsTemplate, asked_back: Collection[str] = ()) -> Self:
        """Return the row of a template; ``asked_back`` are the ids of those that the desk asks about."""
        return cls(
            template_id=template.template_id,
            template_name=template.name,
            template_type=template.type,
            app_id=template.app_id,
            app_name=template.app_name,
            signature_id=template.signature_id,
            signature_name=template.signature_name,
            template_content=template.content,
            template_desc=template.desc,
            variable_attributes=[VariableBody.of(spec) for spec in template.variables],
            status=template.status,
            review_desc=template.review_desc,
            is_asked_back=template.template_id in asked_back,
            urge_count=template.urge_count,
            urged_at=template.urged_at,
            created_at=template.created_at,
        )


class TemplateList(BaseModel):
    """A page of templates."""

    items: list[TemplateView]
    total: int


class TemplateDetail(BaseModel):
    """A template with its history."""

    template: TemplateView
    stories: list[StoryView]


class ManyTemplates(BaseModel):
    """Which templates to delete."""

    template_ids: Annotated[list[Text], Field(max_length=1_000)]


class Deleted(BaseModel):
    """How many are gone."""

    deleted: int
