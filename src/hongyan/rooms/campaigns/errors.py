"""Refusals of send tasks.

Tree::

    HongyanError
    ├── InvalidInput ─ TaskNameInvalid, ScheduleInPast, ValidityInvalid, PhonesInvalid, ChannelMissing, ParamInvalid, …
    ├── NotFound ─ TaskNotFound
    └── Conflict ─ TaskStateConflict
"""

from hongyan.kernel.errors import Conflict, HongyanError, InvalidInput, NotFound


class TaskNotFound(NotFound):
    """No such task of this tenant."""

    code = "campaigns.task_not_found"
    vendor_code = "KM.90017001"
    en = "Send task {id} does not exist."
    zh = "发送任务 {id} 不存在。"


class TaskStateConflict(Conflict):
    """The task's state does not allow the action."""

    code = "campaigns.task_state"
    vendor_code = "KM.90017002"
    en = "The send task is {state}; it cannot {action} now."
    zh = "发送任务当前状态为 {state}，不能执行 {action}。"


class TaskNameInvalid(InvalidInput):
    """Empty, or longer than 30 characters."""

    code = "campaigns.task_name"
    vendor_code = "KM.90017003"


class ScheduleInPast(InvalidInput):
    """The time to send at is over, or too far away."""

    code = "campaigns.schedule"
    vendor_code = "KM.90017004"


class ValidityInvalid(InvalidInput):
    """A personal link lives 1–7 days."""

    code = "campaigns.validity"
    vendor_code = "KM.90017005"


class PhonesInvalid(InvalidInput):
    """No number, too many, or one that is none."""

    code = "campaigns.phones"
    vendor_code = "KM.00001083"


class ChannelMissing(InvalidInput):
    """The vendor's request says nothing of app, signature and template."""

    code = "campaigns.channel_missing"
    vendor_code = "KM.00001126"


class ParamInvalid(InvalidInput):
    """A value breaks the rule of its variable."""

    code = "campaigns.param"
    vendor_code = "KM.00001375"


class ParamCountWrong(InvalidInput):
    """More or fewer values than the template has variables."""

    code = "campaigns.param_count"
    vendor_code = "KM.00001376"


class DomainUnknown(InvalidInput):
    """The link domain is not registered for this use."""

    code = "campaigns.domain"
    vendor_code = "KM.90017006"


class NothingToSend(HongyanError):
    """After parsing, not one number is left."""

    code = "campaigns.nothing_to_send"
    vendor_code = "KM.90017007"
    en = "Not one number can be sent to ({invalid} invalid, {duplicates} duplicates, {opted_out} opted out)."
    zh = "没有可发送的号码（无效 {invalid} 个，重复 {duplicates} 个，已退订 {opted_out} 个）。"


class NumbersNotChecked(Conflict):
    """The numbers of the task have not been parsed (yet)."""

    code = "campaigns.not_checked"
    vendor_code = "KM.90017010"
    en = "The numbers of this send task are not checked: it is {state}."
    zh = "该任务的号码尚未解析，当前状态为 {state}。"
