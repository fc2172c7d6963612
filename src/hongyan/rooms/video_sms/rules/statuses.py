"""What the vendor's list and receipt say of a template. Source: api.md of the requirements §5.14, §6.5."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from hongyan.rooms.video_sms.contracts import CarrierStatus, StatusDocument, TemplateState, VariableInfo, VideoTemplate

NETWORKS: Mapping[str, str] = MappingProxyType({"mobile": "cmcc", "unicom": "cucc", "telecom": "ctcc"})
"""Our carriers in the vendor's words."""
NAMES: Mapping[TemplateState, str] = MappingProxyType(
    {
        TemplateState.USABLE: "usable",
        TemplateState.IN_REVIEW: "in review",
        TemplateState.REJECTED: "rejected",
        TemplateState.DISABLED: "disabled",
        TemplateState.MISSING: "not existing",
        TemplateState.EXPIRED: "expired",
        TemplateState.DRAFT: "a draft",
    }
)
NAMES_ZH: Mapping[TemplateState, str] = MappingProxyType(
    {
        TemplateState.USABLE: "正常可用",
        TemplateState.IN_REVIEW: "审核中",
        TemplateState.REJECTED: "审核不通过",
        TemplateState.DISABLED: "已禁用",
        TemplateState.MISSING: "不存在",
        TemplateState.EXPIRED: "已过期",
        TemplateState.DRAFT: "草稿",
    }
)
_MAX_DESC = 1024
_FOREVER = "0"


def reached(carriers: Iterable[str]) -> frozenset[str]:
    """Return the networks (``cmcc`` …) that accounts of these carriers reach; ``any`` reaches all."""
    names = set(carriers)
    return frozenset(word for carrier, word in NETWORKS.items() if carrier in names or "any" in names)


def describe(template: VideoTemplate, networks: frozenset[str], preview_url: str) -> StatusDocument:
    """Return a template's status; a network that no channel reaches does not have it."""
    is_usable = template.state is TemplateState.USABLE
    is_draft = template.state is TemplateState.DRAFT
    state = TemplateState.MISSING if is_draft else template.state
    desc = (template.state_desc or ("草稿，尚未提交审核" if is_draft else ""))[:_MAX_DESC]
    tag = ""
    if is_usable and networks:
        tag = "三网一般" if networks >= set(NETWORKS.values()) else "单网一般"
    return StatusDocument(
        tpl_id=template.tpl_id,
        audit_state=state.value,
        audit_desc=desc,
        tpl_size=template.size_bytes if is_usable else 0,
        valid_time=_FOREVER if template.valid_until is None else _stamp(template.valid_until),
        status_detail=[_of_network(network, state, desc, networks) for network in NETWORKS.values()],
        preview_url=preview_url,
        tpl_name=template.name,
        title=template.title,
        tpl_sign=template.signature,
        create_time=_stamp(template.created_at),
        var_info=[VariableInfo(name=f"#{name}#", type="txt") for name in template.params],
        restags=tag,
    )


def _of_network(network: str, state: TemplateState, desc: str, networks: frozenset[str]) -> CarrierStatus:
    if state is TemplateState.USABLE and network not in networks:
        return CarrierStatus(carrier=network, status=TemplateState.MISSING.value, desc="未配置该运营商的视频短信通道")
    return CarrierStatus(carrier=network, status=state.value, desc=desc)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
