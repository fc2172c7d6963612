"""Heads and words of exported files in both languages."""

import json
from collections.abc import Mapping
from typing import Any, Final

from hongyan.kernel.exports import ExportColumn
from hongyan.rooms.campaigns.contracts import ResolvedStatus, TaskState
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.service_accounts.contracts.taps import TapTarget

_C = ExportColumn
MESSAGES: Final = (
    *(_C("序号", "No."), _C("手机号码", "Phone number"), _C("状态", "State"), _C("状态码", "Code")),
    *(_C("条数", "Parts"), _C("短链", "Short link"), _C("提交时间", "Submitted at"), _C("完成时间", "Final at")),
    _C("内容", "Text"),
)
VIDEO_MESSAGES: Final = (
    *(_C("序号", "No."), _C("手机号码", "Phone number"), _C("二次发送", "Second attempt"), _C("状态", "State")),
    *(_C("状态码", "Code"), _C("提交时间", "Submitted at"), _C("完成时间", "Final at")),
)
LINKS: Final = (
    *(_C("任务ID", "Task id"), _C("任务名称", "Task name"), _C("智能信息模板ID", "Card template id")),
    *(_C("智能信息模板名称", "Card template"), _C("签名", "Signatures"), _C("客户标识", "Customer mark")),
    *(_C("链接", "Link"), _C("状态", "State"), _C("结果码", "Result code"), _C("失败原因", "Error")),
    *(_C("解析次数", "Times resolved"), _C("生成时间", "Made at"), _C("失效时间", "Expires at")),
    _C("解析时间", "Resolved at"),
)
TASKS: Final = (
    *(_C("任务ID", "Task id"), _C("任务名称", "Task name"), _C("状态", "State"), _C("试发", "Trial")),
    *(_C("智能信息模板ID", "Card template id"), _C("智能信息模板名称", "Card template"), _C("签名", "Signature")),
    *(_C("通道号", "Channel number"), _C("号码数", "Numbers"), _C("支持解析数", "Can show cards")),
    *(_C("提交数", "Submitted"), _C("发送成功数", "Delivered"), _C("发送失败数", "Failed")),
    *(_C("解析成功数", "Cards shown"), _C("创建人", "Made by"), _C("创建时间", "Made at")),
    *(_C("开始时间", "Started at"), _C("完成时间", "Finished at")),
)
SEND_REPORT: Final = (
    *(_C("日期", "Day or month"), _C("模板ID", "Template id"), _C("模板名称", "Template")),
    *(_C("提交号码总数", "Numbers submitted"), _C("支持解析数", "Can show cards"), _C("发送数", "Sent")),
    *(_C("发送成功数", "Delivered"), _C("解析成功数", "Cards shown"), _C("可解析率", "Capable rate")),
    *(_C("发送成功率", "Delivery rate"), _C("解析率", "Card rate")),
)
CARD_REPORT: Final = (
    *(_C("日期", "Day"), _C("模板ID", "Template id"), _C("模板名称", "Template"), _C("厂商", "Vendor")),
    *(_C("实际解析数", "Cards drawn"), _C("曝光数UV", "Seen by (UV)"), _C("曝光次数PV", "Times seen (PV)")),
    *(_C("点击数UV", "Tapped by (UV)"), _C("点击次数PV", "Taps (PV)"), _C("曝光率", "Seen rate")),
    _C("点击率", "Tap rate"),
)
VIDEO_REPORT: Final = (
    *(_C("日期", "Day or month"), _C("模板ID", "Template id"), _C("模板名称", "Template"), _C("任务数", "Tasks")),
    *(_C("有效号码数", "Numbers"), _C("发送成功数", "Delivered"), _C("发送失败数", "Failed")),
    *(_C("超时失败数", "Timed out"), _C("发送成功率", "Delivery rate")),
)
_TAPPED = (
    *(_C("日期", "Day or month"), _C("服务号/快捷键ID", "Account or scene id")),
    _C("服务号名称/快捷键签名", "Account or signature"),
)
TAP_REPORT: Final = (
    *_TAPPED,
    *(_C("点击总次数", "Taps"), _C("主页点击次数", "Home page"), _C("菜单点击次数", "Menus")),
    *(_C("菜单展开次数", "Menus opened"), _C("热线点击次数", "Hotlines"), _C("快应用点击次数", "Quick apps")),
    _C("快捷键点击次数", "Shortcut keys"),
)
TAP_ITEMS: Final = (
    *_TAPPED,
    *(_C("点击位置", "Where"), _C("点击内容", "What"), _C("点击次数", "Taps")),
)
AUDIT: Final = (
    *(_C("时间", "At"), _C("用户", "User"), _C("来源", "Via"), _C("地址", "Address"), _C("操作", "Action")),
    *(_C("对象类型", "Subject kind"), _C("对象", "Subject"), _C("结果", "Result"), _C("变更前", "Before")),
    *(_C("变更后", "After"), _C("请求编号", "Request id")),
)
RESULTS: Final = {"zh-CN": ("成功", "被拒绝"), "en": ("done", "refused")}
"""Of what the audit log holds: whether it was done or, by ``True``, refused."""
TAP_TARGETS: Final = {
    "zh-CN": {
        TapTarget.HOME: "主页",
        TapTarget.MENU: "菜单",
        TapTarget.SUBMENU: "菜单展开",
        TapTarget.TEL: "热线电话",
        TapTarget.FASTAPP: "快应用",
        TapTarget.SHORTCUT: "快捷键",
    },
    "en": {
        TapTarget.HOME: "home page",
        TapTarget.MENU: "menu",
        TapTarget.SUBMENU: "menu opened",
        TapTarget.TEL: "hotline",
        TapTarget.FASTAPP: "quick app",
        TapTarget.SHORTCUT: "shortcut key",
    },
}
YES: Final = {"zh-CN": "是", "en": "yes"}

_MESSAGE_ZH: Final = {
    MessageState.HELD: "暂缓发送",
    MessageState.QUEUED: "排队中",
    MessageState.ATTEMPTED: "提交中",
    MessageState.SUBMITTED: "已提交",
    MessageState.DELIVERED: "发送成功",
    MessageState.FAILED: "发送失败",
    MessageState.EXPIRED: "超时失败",
    MessageState.SKIPPED: "未发送",
    MessageState.SUPPRESSED: "已退订",
    MessageState.REFUSED: "已拒绝",
    MessageState.CANCELLED: "已取消",
    MessageState.UNKNOWN: "结果待确认",
    MessageState.UNKNOWN_FINAL: "结果未知",
}
_TASK_ZH: Final = {
    TaskState.DRAFT: "草稿",
    TaskState.PARSING: "号码解析中",
    TaskState.READY: "待发送",
    TaskState.SCHEDULED: "定时待发送",
    TaskState.HELD: "暂缓发送",
    TaskState.RUNNING: "发送中",
    TaskState.PAUSED: "已暂停",
    TaskState.FINISHING: "等待回执",
    TaskState.FINISHED: "发送完成",
    TaskState.CANCELLED: "已取消",
    TaskState.REFUSED: "已拒绝",
}
LINK_STATES: Final = {
    "zh-CN": {
        ResolvedStatus.SUCCESS: "解析成功",
        ResolvedStatus.UNRESOLVED: "未解析",
        ResolvedStatus.FAIL: "生成失败",
    },
    "en": {status: status.value for status in ResolvedStatus},
}
MESSAGE_STATES: Final = {"zh-CN": _MESSAGE_ZH, "en": {state: state.value for state in MessageState}}
TASK_STATES: Final = {"zh-CN": _TASK_ZH, "en": {state: state.value for state in TaskState}}


def json_of(value: Mapping[str, Any] | None) -> str | None:
    """Return a value of the audit log as one cell."""
    return None if value is None else json.dumps(value, ensure_ascii=False)
