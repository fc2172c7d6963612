"""The endpoints: parse, call one use case, shape the answer."""

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Request, Response, UploadFile

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.paths import parameter
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.sms.contracts import AppStatus, SignatureStatus
from hongyan.rooms.sms.rules.signatures import MAX_FILE_BYTES
from hongyan.rooms.sms.service.door import SmsService
from hongyan.rooms.sms.vendor_api import answers, requests, shapes
from hongyan.rooms.sms.vendor_api.requests import MAX_LIMIT, MAX_OFFSET, AppBody, SignatureBody, TemplateBody

_LIMIT = 10
_SIGNATURE_ID = parameter("signature_id", but=("files",))
Word = Annotated[str | None, Query(pattern=r"^[^\x00]*$")]
Json = dict[str, Any]


def vendor_router(db: Database, service: SmsService, auth: Auth, once: Once) -> APIRouter:
    """Return the ``/v1/sms`` endpoints."""
    router = APIRouter(prefix="/v1/sms", tags=["sms"])
    router.include_router(_apps(db, service, auth, once))
    # Before the signatures: ``/signatures/files`` must not be taken for a signature's id.
    router.include_router(_files(db, service, auth, once))
    router.include_router(_signatures(db, service, auth, once))
    router.include_router(_templates(db, service, auth, once))
    return router


def _apps(db: Database, service: SmsService, auth: Auth, once: Once) -> APIRouter:
    router = APIRouter(prefix="/apps")
    vendor = Annotated[Actor, Depends(auth.vendor)]

    @router.post("", operation_id="create_sms_app", response_model=shapes.AppNamed)
    async def create_app(request: Request, actor: vendor, body: AppBody) -> Json:
        """Make an app."""

        async def act(uow: Uow) -> Json:
            made = await service.apps.create_app(uow, actor, body.app_name, body.up_link_addr)
            return {"app_name": made.name, "app_id": made.app_id}

        return await once.run(request, actor.tenant(Permission.SMS_APP_CREATE), act)

    @router.get("", operation_id="list_aim_msg_app", response_model=shapes.AppPage)
    async def list_apps(
        actor: vendor,
        offset: Word = None,
        limit: Word = None,
        app_name: Word = None,
        status: Word = None,
        begin_time: Word = None,
        end_time: Word = None,
    ) -> Json:
        """List apps, newest first."""
        wanted = requests.list_filter(
            name=app_name,
            states=requests.statuses(AppStatus, status),
            begin=("begin_time", begin_time),
            end=end_time,
        )
        start = requests.page_number("offset", offset, 0, MAX_OFFSET)
        length = requests.page_number("limit", limit, _LIMIT, MAX_LIMIT)
        async with db.begin() as uow:
            found = await service.apps.list_apps(uow, actor, wanted, offset=start, limit=length)
        return answers.page(found, answers.app, offset=start)

    @router.get("/{app_id}", operation_id="list_aim_msg_app_detail", response_model=shapes.App)
    async def get_app(actor: vendor, app_id: str) -> Json:
        """Return an app."""
        async with db.begin() as uow:
            return answers.app(await service.apps.get_app(uow, actor, app_id))

    @router.put("/{app_id}", operation_id="update_aim_msg_app", response_model=shapes.AppNamed)
    async def update_app(request: Request, actor: vendor, app_id: str, body: AppBody) -> Json:
        """Change an app."""

        async def act(uow: Uow) -> Json:
            changed = await service.apps.update_app(uow, actor, app_id, body.app_name, body.up_link_addr)
            return {"app_name": changed.name, "app_id": changed.app_id}

        return await once.run(request, actor.tenant(Permission.SMS_APP_UPDATE), act)

    return router


def _files(db: Database, service: SmsService, auth: Auth, once: Once) -> APIRouter:
    router = APIRouter(prefix="/signatures/files")
    vendor = Annotated[Actor, Depends(auth.vendor)]

    @router.post("", operation_id="upload_aim_msg_signature_file", response_model=shapes.FileNamed)
    async def upload_file(
        request: Request,
        actor: vendor,
        file: Annotated[UploadFile, File()],
        file_desc: Word = None,
    ) -> Json:
        """Keep a picture for a signature."""
        data = await file.read(MAX_FILE_BYTES + 1)
        name = file.filename or ""

        async def act(uow: Uow) -> Json:
            kept = await service.apps.upload_file(uow, actor, name, data, file_desc or "")
            return {"file_id": kept.file_id}

        same = name.encode() + sha256(data).digest()
        return await once.run(request, actor.tenant(Permission.SIGNATURE_CREATE), act, body=same)

    @router.get("", operation_id="show_aim_msg_signature_file_info", response_model=shapes.FileShown)
    async def get_file(actor: vendor, file_id: Annotated[str, Query()]) -> Json:
        """Return what is known of a picture; the paging parameters of the vendor mean nothing here."""
        async with db.begin() as uow:
            found = await service.apps.get_file(uow, actor, file_id)
        return {"file_id": found.file_id, "file_name": found.name}

    return router


def _signatures(db: Database, service: SmsService, auth: Auth, once: Once) -> APIRouter:
    router = APIRouter(prefix="/signatures")
    vendor = Annotated[Actor, Depends(auth.vendor)]

    @router.post("", operation_id="add_aim_msg_signature", response_model=shapes.SignatureNamed)
    async def create_signature(request: Request, actor: vendor, body: SignatureBody) -> Json:
        """Submit a signature."""

        async def act(uow: Uow) -> Json:
            made = await service.signatures.create_signature(uow, actor, body.form())
            return {"signature_id": made.signature_id, "signature_name": made.form.name}

        return await once.run(request, actor.tenant(Permission.SIGNATURE_CREATE), act)

    @router.get("", operation_id="list_aim_msg_signature", response_model=shapes.SignaturePage)
    async def list_signatures(
        actor: vendor,
        offset: Word = None,
        limit: Word = None,
        app_name: Word = None,
        signature_id: Word = None,
        signature_name: Word = None,
        signature_type: Word = None,
        begin_time: Word = None,
        end_time: Word = None,
        status: Word = None,
    ) -> Json:
        """List signatures, newest first."""
        wanted = requests.list_filter(
            app_name=app_name,
            name=signature_name,
            item_id=signature_id,
            kind=("signature_type", signature_type),
            states=requests.statuses(SignatureStatus, status),
            begin=("begin_time", begin_time),
            end=end_time,
        )
        start = requests.page_number("offset", offset, 0, MAX_OFFSET)
        length = requests.page_number("limit", limit, _LIMIT, MAX_LIMIT)
        async with db.begin() as uow:
            found = await service.signatures.list_signatures(uow, actor, wanted, offset=start, limit=length)
        return answers.page(found, answers.signature, offset=start)

    @router.get(f"/{_SIGNATURE_ID}", operation_id="list_aim_msg_signature_detail", response_model=shapes.Signature)
    async def get_signature(actor: vendor, signature_id: str) -> Json:
        """Return a signature."""
        async with db.begin() as uow:
            return answers.signature(await service.signatures.get_signature(uow, actor, signature_id))

    @router.put(f"/{_SIGNATURE_ID}", operation_id="update_aim_msg_signature", response_model=shapes.SignatureNamed)
    async def update_signature(request: Request, actor: vendor, signature_id: str, body: SignatureBody) -> Json:
        """Modify a rejected signature."""

        async def act(uow: Uow) -> Json:
            changed = await service.signatures.update_signature(uow, actor, signature_id, body.form())
            return {"signature_id": changed.signature_id, "signature_name": changed.form.name}

        return await once.run(request, actor.tenant(Permission.SIGNATURE_UPDATE), act)

    @router.delete(
        f"/{_SIGNATURE_ID}", operation_id="delete_aim_msg_signature", response_class=Response, response_model=None
    )
    async def delete_signature(request: Request, actor: vendor, signature_id: str) -> Response:
        """Delete a signature with its templates; the answer has no body."""

        async def act(uow: Uow) -> Json:
            await service.signatures.delete_signature(uow, actor, signature_id)
            return {}

        await once.run(request, actor.tenant(Permission.SIGNATURE_DELETE), act)
        return Response()

    return router


def _templates(db: Database, service: SmsService, auth: Auth, once: Once) -> APIRouter:
    router = APIRouter(prefix="/templates")
    vendor = Annotated[Actor, Depends(auth.vendor)]

    @router.post("", operation_id="create_aim_msg_template", response_model=shapes.TemplateNamed)
    async def create_template(request: Request, actor: vendor, body: TemplateBody) -> Json:
        """Submit a template."""

        async def act(uow: Uow) -> Json:
            made = await service.templates.create_template(uow, actor, body.form())
            return {"template_id": made.template_id, "template_name": made.name}

        return await once.run(request, actor.tenant(Permission.SMS_TEMPLATE_CREATE), act)

    @router.get("", operation_id="list_aim_msg_template", response_model=shapes.TemplatePage)
    async def list_templates(
        actor: vendor,
        offset: Word = None,
        limit: Word = None,
        app_name: Word = None,
        start_time: Word = None,
        end_time: Word = None,
        flow_status: Word = None,
        template_id: Word = None,
        template_name: Word = None,
        template_type: Word = None,
    ) -> Json:
        """List templates, newest first; the published default offset is 1, and 0 and 1 both mean the first row."""
        wanted = requests.list_filter(
            app_name=app_name,
            name=template_name,
            item_id=template_id,
            kind=("template_type", template_type),
            states=requests.flow_statuses(flow_status),
            begin=("start_time", start_time),
            end=end_time,
        )
        start = requests.page_number("offset", offset, 1, MAX_OFFSET)
        length = requests.page_number("limit", limit, _LIMIT, MAX_LIMIT)
        first = 0 if start <= 1 else start
        async with db.begin() as uow:
            found = await service.templates.list_templates(uow, actor, wanted, offset=first, limit=length)
        return answers.page(found, answers.template, offset=start)

    @router.get("/{template_id}", operation_id="show_aim_msg_template_detail", response_model=shapes.Template)
    async def get_template(actor: vendor, template_id: str) -> Json:
        """Return a template."""
        async with db.begin() as uow:
            return answers.template(await service.templates.get_template(uow, actor, template_id))

    @router.get(
        "/{template_id}/variable", operation_id="show_aim_msg_template_variable", response_model=shapes.VariableList
    )
    async def list_variables(actor: vendor, template_id: str) -> Json:
        """Return a template's variables."""
        async with db.begin() as uow:
            return answers.variables(await service.templates.get_template(uow, actor, template_id))

    @router.put("/{template_id}", operation_id="update_aim_msg_template", response_model=shapes.TemplateNamed)
    async def update_template(request: Request, actor: vendor, template_id: str, body: TemplateBody) -> Json:
        """Modify a rejected template."""

        async def act(uow: Uow) -> Json:
            changed = await service.templates.update_template(uow, actor, template_id, body.form())
            return {"template_id": changed.template_id, "template_name": changed.name}

        return await once.run(request, actor.tenant(Permission.SMS_TEMPLATE_UPDATE), act)

    @router.delete(
        "/{template_id}", operation_id="delete_aim_msg_template", response_class=Response, response_model=None
    )
    async def delete_template(request: Request, actor: vendor, template_id: str) -> Response:
        """Delete a template; the answer has no body."""

        async def act(uow: Uow) -> Json:
            await service.templates.delete_template(uow, actor, template_id)
            return {}

        await once.run(request, actor.tenant(Permission.SMS_TEMPLATE_DELETE), act)
        return Response()

    return router
