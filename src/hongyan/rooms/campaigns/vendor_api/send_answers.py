"""Answers of the vendor's send operations, field by field. Source: api.md of the requirements §5.5."""

from typing_extensions import TypedDict

from hongyan.kernel.http.vendor import aim_time
from hongyan.rooms.campaigns.contracts import Progress, Task, TaskState
from hongyan.rooms.campaigns.service.batch import Accepted
from hongyan.rooms.campaigns.vendor_api.link_rows import LinkRow, link_row
from hongyan.rooms.campaigns.vendor_api.pages import PageInfo
from hongyan.rooms.delivery.contracts import MessageState, MessageView

_SENT_STATES = ("submitted", "delivered", "failed", "expired", "attempted", "unknown", "unknown_final")
_FAILED_STATES = (MessageState.FAILED, MessageState.EXPIRED, MessageState.SKIPPED, MessageState.SUPPRESSED)


class SmsChannelShown(TypedDict):
    """Channel, template, signature and app."""

    channel_number: str
    sms_tpl_id: str
    sms_sign: str
    sms_app_name: str


class SendParamShown(TypedDict):
    """One recipient as the request had it."""

    cust_flag: str
    dync_params: dict[str, str]
    custom_url: str | None
    custom_short_code: str | None
    sms_params: list[str]


class ResolveEcho(TypedDict):
    """The links of a task as the request had them."""

    tpl_id: str
    resolve_times: int
    aim_code_type: str
    generation_type: str
    domain: str | None
    expiration_time: int
    params: list[SendParamShown]


class SendEcho(TypedDict):
    """What the create operation gives back of its request."""

    sms_channel: SmsChannelShown | None
    resolve_task: ResolveEcho


class CreatedAnswer(SendEcho):
    """Answer of the create operation."""

    task_name: str
    task_id: str
    task_state: str
    creation_time: str
    submission_count: int
    send_count: int
    resolve_count: int
    support_resolve_count: int
    failed_short_chains: list[LinkRow]


class ResolveTaskShown(TypedDict):
    """The links of a task in the list."""

    tpl_id: str
    tpl_name: str
    resolve_times: int
    aim_code_type: str
    domain: str
    expiration_time: int
    params: list[SendParamShown] | None


class SendTaskRow(TypedDict):
    """One task of the list."""

    task_id: str
    task_name: str
    task_state: str
    sms_channel: SmsChannelShown
    resolve_task: ResolveTaskShown | None
    creation_time: str
    submission_count: int
    send_count: int
    success_number: int
    resolve_count: int
    support_resolve_count: int
    failed_short_chains: list[LinkRow] | None


class SendTasksAnswer(TypedDict):
    """Answer of the list."""

    aim_send_tasks: list[SendTaskRow]
    page_info: PageInfo


class SendDetail(TypedDict):
    """One message."""

    msg_id: str
    task_id: str
    task_name: str
    tpl_id: str | None
    tpl_name: str
    cust_flag: str
    send_account: str
    send_status: str
    send_time: str
    receive_time: str
    result_code: str


class SendDetailsAnswer(TypedDict):
    """Answer of the details."""

    send_details: list[SendDetail]
    page_info: PageInfo


def created_answer(echo: SendEcho, accepted: Accepted) -> CreatedAnswer:
    """Return the answer of the create operation: an echo of the request and what became of it."""
    task = accepted.task
    return {
        "task_name": task.name,
        "sms_channel": echo["sms_channel"],
        "resolve_task": echo["resolve_task"],
        "task_id": task.id,
        "task_state": "Failed" if task.state is TaskState.REFUSED else "Success",
        "creation_time": aim_time(task.created_at),
        "submission_count": len(accepted.links),
        "send_count": accepted.send_count,
        "resolve_count": 0,
        "support_resolve_count": -1,
        "failed_short_chains": [link_row(link) for link in accepted.links if link.code is None],
    }


def task_row(row: Progress) -> SendTaskRow:
    """Return one task of the list operation."""
    task = row.task
    return {
        "task_id": task.id,
        "task_name": task.name,
        "task_state": "Failed" if task.state is TaskState.REFUSED else "Success",
        "sms_channel": {
            "sms_sign": task.content.signature_name,
            "sms_tpl_id": task.content.sms_template_id,
            "channel_number": "",
            "sms_app_name": "",
        },
        "resolve_task": _resolve_task(task),
        "creation_time": aim_time(task.created_at),
        "submission_count": task.counts.rows,
        "send_count": sum(row.states.get(state, 0) for state in _SENT_STATES),
        "success_number": row.states.get("delivered", 0),
        "resolve_count": row.resolved,
        "support_resolve_count": task.counts.capable if task.source == "hongyan" else -1,
        "failed_short_chains": None,
    }


def _resolve_task(task: Task) -> ResolveTaskShown | None:
    """Return what the list shows of a task's links; plain SMS has none of ours."""
    if task.content.card_template_id is None:
        return None
    return {
        "tpl_id": task.content.card_template_id,
        "tpl_name": task.content.card_template_name,
        "resolve_times": 1,
        "aim_code_type": "individual",
        "domain": task.domain,
        "expiration_time": task.validity_days,
        "params": None,
    }


def detail_row(message: MessageView, task: Task | None) -> SendDetail:
    """Return one message of the details operation."""
    status = "sending"
    if message.state is MessageState.DELIVERED:
        status = "success"
    elif message.final_at is not None or message.state in _FAILED_STATES:
        status = "fail"
    phone = message.cust_flag or message.phone
    return {
        "msg_id": f"{message.task_id}_{message.recipient_no}",
        "task_id": message.task_id,
        "task_name": task.name if task else "",
        "tpl_id": message.card_template_id,
        "tpl_name": task.content.card_template_name if task else "",
        "cust_flag": phone,
        "send_account": message.phone,
        "send_status": status,
        "send_time": aim_time(message.submitted_at or message.planned_at),
        "receive_time": aim_time(message.final_at) if message.final_at else "",
        "result_code": message.carrier_code or "",
    }
