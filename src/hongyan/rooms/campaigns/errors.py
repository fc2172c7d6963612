"""Refusals of send tasks, resolve tasks and plain SMS.

Tree::

    HongyanError
    ├── InvalidInput ─ TaskNameInvalid, ScheduleInPast, ValidityInvalid, PhonesInvalid, ChannelMissing, SignNotOnCard, …
    ├── NotFound ─ TaskNotFound
    ├── Conflict ─ TaskStateConflict
    └── SignMissing, RowsEmpty, GroupWithParams, LinkValueInvalid, … (resolve tasks, plain SMS)
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


class RowMissing(NotFound):
    """The numbers that were looked at have no such row."""

    code = "campaigns.row_missing"
    vendor_code = "KM.90017015"
    en = "There is no recipient {number}: {total} have been looked at."
    zh = "没有第 {number} 个号码，已解析 {total} 个。"


class SignMissing(HongyanError):
    """A resolve task without signatures, or with an empty one."""

    code = "campaigns.sign_missing"
    vendor_code = "KM.00001075"
    en = "{field}: the SMS signature is empty."
    zh = "{field}：短消息签名不能为空。"


class SignLength(HongyanError):
    """A signature is too long."""

    code = "campaigns.sign_length"
    vendor_code = "KM.00001076"
    en = "{field}: the SMS signature has {length} characters, it must have 1 to 18."
    zh = "{field}：短消息签名长度为 {length}，应为 1–18 个字符。"


class RowsMissing(HongyanError):
    """A resolve task without its rows."""

    code = "campaigns.rows_missing"
    vendor_code = "KM.90016414"
    en = "{field} is missing."
    zh = "缺少参数 {field}。"


class RowsEmpty(HongyanError):
    """A resolve task with no row."""

    code = "campaigns.rows_empty"
    vendor_code = "KM.90016415"
    en = "{field} is empty."
    zh = "参数集合 {field} 为空。"


class RowsTooMany(HongyanError):
    """More links than one call makes."""

    code = "campaigns.rows_too_many"
    vendor_code = "KM.90016416"
    en = "{field} asks for {count} short links, at most {limit} are made in one call of this kind."
    zh = "{field} 申请了 {count} 个短链，此类请求每次最多 {limit} 个。"


class ResolvingTimesInvalid(InvalidInput):
    """A group link must allow at least two phones."""

    code = "campaigns.resolving_times"
    vendor_code = "KM.90017011"


class ShortCodeMissing(HongyanError):
    """生成类型 2, and a row names no code."""

    code = "campaigns.short_code_missing"
    vendor_code = "KM.90017012"
    en = "custom_short_code is needed when generation_type is 2."
    zh = "generation_type 为 2 时必须填写 custom_short_code。"


class GroupWithParams(HongyanError):
    """A shared link cannot carry one person's values."""

    code = "campaigns.group_with_params"
    vendor_code = "KM.90017013"
    en = "{field}: links of template {tpl_id} with dynamic parameters can only be individual."
    zh = "{field}：模板 {tpl_id} 含动态参数，只能生成个性化短链。"


class SignNotOnCard(InvalidInput):
    """The card template names SMS signatures, and none of the message's is among them."""

    code = "campaigns.sign_not_on_card"
    vendor_code = "KM.90017014"


class SmsNumbersTooMany(HongyanError):
    """More numbers than one call of plain SMS plans."""

    code = "campaigns.sms_numbers"
    vendor_code = "KM.90017060"
    en = "{field} has {count} numbers together, at most {limit} go in one call."
    zh = "{field} 共 {count} 个号码，每次请求最多 {limit} 个。"


class LinkValueInvalid(InvalidInput):
    """The value of the link's variable cannot stand in a text as one link."""

    code = "campaigns.link_value"
    vendor_code = "KM.90017061"


class VideoTaskNotFound(NotFound):
    """No such video send task of this tenant."""

    code = "campaigns.video_task_not_found"
    vendor_code = "KM.90017080"
    en = "Video send task {id} does not exist."
    zh = "视频短信发送任务 {id} 不存在。"


class VideoPhonesInvalid(InvalidInput):
    """No number, too many, one that is none, or both kinds of lists."""

    code = "campaigns.video_phones"
    vendor_code = "KM.90017081"


class VideoTaskInvalid(InvalidInput):
    """A field of a video send task breaks its rule."""

    code = "campaigns.video_task"
    vendor_code = "KM.90017082"


class BasicTemplateInvalid(InvalidInput):
    """The video template of a fallback has placeholders, or the fallback is another one."""

    code = "campaigns.basic_template"
    vendor_code = "KM.90017084"


class VideoTaskStateConflict(Conflict):
    """The video task's state does not allow the action."""

    code = "campaigns.video_task_state"
    vendor_code = "KM.90017083"
    en = "The video send task is {state}; it cannot {action} now."
    zh = "视频短信发送任务当前状态为 {state}，不能执行 {action}。"


class JumpLinkExists(Conflict):
    """The tenant has a jump link with that URL."""

    code = "campaigns.jump_link_exists"
    vendor_code = "KM.90017090"
    en = "This URL is on the list already, as {name}."
    zh = "该链接已存在，名称为“{name}”。"


class JumpLinkStateConflict(Conflict):
    """Only what was turned down can be changed and handed in again."""

    code = "campaigns.jump_link_state"
    vendor_code = "KM.90017091"
    en = "Only a jump link that was turned down can be changed; this one is {state}."
    zh = "只有审核不通过的跳转链接可以修改，当前状态为 {state}。"


class JumpLinksTooMany(Conflict):
    """A tenant keeps a bounded list."""

    code = "campaigns.jump_links_too_many"
    vendor_code = "KM.90017092"
    en = "There are {limit} jump links already; delete one that is not needed."
    zh = "跳转链接已达 {limit} 个，请先删除不再使用的链接。"
