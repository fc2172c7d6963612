"""Requests about video templates and video tasks as the vendor's client makes them, and what its lists say."""

import base64
import re
from typing import Any

import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, Desk, eventually
from support.doors import unique
from support.office import picture

PRESET = "800000001"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TEXT = "【鸿雁】尊敬的#p_1#，您的包裹#p_2#已发出。"


def resource(kind: str, content: bytes | str, index: str | None = None, **more: Any) -> Any:
    """Return one resource; bytes go as base64."""
    is_file = isinstance(content, bytes)
    return sdk.ResourceInfo(
        index=index,
        type=kind,
        name=f"1.{kind}",
        source=more.get("source", "file" if is_file else "txt"),
        content=base64.b64encode(content).decode() if isinstance(content, bytes) else content,
    )


def template(name: str, resources: list[Any] | None = None, **changes: Any) -> Any:
    """Return a good request to make a template."""
    rows = resources or [resource("txt", TEXT, "1-1"), resource("jpg", picture("JPEG"), "2-1")]
    good = {"expiration_time": "30", "tpl_name": name, "title": "您的包裹", "reslist": rows}
    body = sdk.CreateVmsTemplateRequestBody(**{**good, **changes})
    return sdk.CreateVmsTemplateRequest(body=body)


def make(cloud: Client, name: str, resources: list[Any] | None = None, **changes: Any) -> str:
    """Make a template; returns its id."""
    answer = cloud.ask("create_vms_template", template(name, resources, **changes))
    assert re.fullmatch(r"8\d{8}", answer.tplid)
    return str(answer.tplid)


def status(cloud: Client, tpl_id: str) -> Any:
    """Return a template as the list shows it, or ``None``."""
    rows = cloud.ask("list_vms_template_status", sdk.ListVmsTemplateStatusRequest(tpl_id=tpl_id)).data.templates
    return rows[0] if rows else None


def in_state(cloud: Client, tpl_id: str, state: int) -> Any:
    """Wait until a template is in a state."""

    def holds() -> Any:
        found = status(cloud, tpl_id)
        return found if found.audit_state == state else None

    return eventually(f"template {tpl_id} is in state {state}", holds)


def params(*values: str, kind: type = sdk.ContentParam) -> list[Any]:
    """Return values for #p_1#, #p_2# …."""
    return [
        kind(param_name=f"p_{no}", content_type="txt", content_source="txt", content_detail=value)
        for no, value in enumerate(values, 1)
    ]


def task(tpl_id: str, mobiles: list[str] | None, *values: str, **changes: Any) -> Any:
    """Return a good request to send."""
    good = {"task_name": "video", "dync_params": params(*values) or None} | changes
    return sdk.CreateVmsSendTaskRequest(body=sdk.CreateVmsSendTaskRequestBody(tpl_id=tpl_id, mobiles=mobiles, **good))


def listed(cloud: Client, **query: Any) -> Any:
    """Return the data of the list of tasks."""
    return cloud.ask("list_vms_send_tasks", sdk.ListVmsSendTasksRequest(**query)).data


def find_task(cloud: Client, task_id: str) -> Any:
    """Return one task as the list shows it."""
    (found,) = listed(cloud, task_id=task_id).aim_basic_send_tasks
    return found


@pytest.fixture(scope="session")
def video_template(cloud: Client, desk: Desk) -> str:
    """A private template with two parameters that may be sent."""
    name = unique("vt")
    tpl_id = make(cloud, name)
    assert desk.approve("video_sms.template", name) == 1
    in_state(cloud, tpl_id, 0)
    return tpl_id
