"""Why a number takes the way it takes, account by account. Source: ADR 0018."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import (
    MEDIA_PROTOCOLS,
    Account,
    AccountExplained,
    Flow,
    RouteVerdict,
    SignatureChannel,
)
from hongyan.rooms.carriers.rules.routing import Rank, Reach, choose, pick, point_of, rank_of, share, weight_of

_V = RouteVerdict
_VERDICTS: Final = (
    _V.OWN_FIRST,
    _V.CARRIER_FIRST,
    _V.DOWN,
    _V.PRIORITY,
    _V.COST,
)
"""What it means to be behind in each place of the rank."""
_TEXTS: Final[Mapping[RouteVerdict, tuple[str, str]]] = {
    _V.CHOSEN: ("takes this number", "选用"),
    _V.SHARES: ("takes its share of such numbers, but not this one", "按权重分担同类号码，本号码未落在其份额内"),
    _V.DISABLED: ("disabled", "已停用"),
    _V.DRAINING: ("draining: it is given nothing new", "排空中，不再接收新短信"),
    _V.PAUSED: ("paused: others go first", "已暂停，其他通道优先"),
    _V.DOWN: ("down for ten seconds or longer: others go first", "中断超过 10 秒，其他通道优先"),
    _V.OTHER_MEDIUM: ("carries another kind of message", "不支持该类消息"),
    _V.OTHER_CARRIER: ("does not reach the number's carrier", "不支持该号码所属运营商"),
    _V.OTHER_SIGNATURES: ("serves only certain signatures, and not this one", "仅服务指定签名，不含本签名"),
    _V.OWN_FIRST: ("the signature has channels of its own", "签名有专属通道，优先使用"),
    _V.CARRIER_FIRST: ("channels of the number's own carrier go first", "号码所属运营商的通道优先"),
    _V.PRIORITY: ("a channel of a lower priority number goes first", "优先级更高的通道优先"),
    _V.COST: ("a cheaper channel goes first", "成本更低的通道优先"),
    _V.NOT_IN_GROUP: ("only channels of the failed one's group stand in for it", "不在故障通道的容灾组内"),
}


def explain(
    accounts: Sequence[Account],
    channel: SignatureChannel,
    reach: Reach,
    unwell: Collection[AccountId],
    phone: str,
    *,
    is_media: bool = False,
) -> list[AccountExplained]:
    """Say of every account why it takes the number or is passed over, the chosen one first.

    The answer is that of :class:`~hongyan.rooms.carriers.rules.routing.Router`.
    """
    verdicts: dict[AccountId, RouteVerdict] = {}
    ranked: list[tuple[Rank, Account]] = []
    for account in accounts:
        found = rank_of(account, channel.channel_number, reach, unwell)
        if (account.protocol in MEDIA_PROTOCOLS) is not is_media:
            verdicts[account.account_id] = _V.OTHER_MEDIUM
        elif isinstance(found, Rank):
            ranked.append((found, account))
        else:
            verdicts[account.account_id] = found
    chosen = choose(ranked)
    route = pick(share(chosen, channel.extension), point_of(phone)) if chosen else None
    best = next((rank for rank, account in ranked if account in chosen), None)
    for rank, account in ranked:
        if route is not None and account.account_id == route.account_id:
            verdicts[account.account_id] = _V.CHOSEN
        elif account in chosen:
            verdicts[account.account_id] = _V.SHARES
        elif account.flow is Flow.PAUSED:
            verdicts[account.account_id] = _V.PAUSED
        elif best is not None:
            verdicts[account.account_id] = _behind(rank, best)
    total = sum(weight_of(account) for account in chosen)
    explained = [
        AccountExplained(
            account_id=account.account_id,
            name=account.name,
            verdict=verdicts[account.account_id],
            share_percent=round(100 * weight_of(account) / total, 1) if account in chosen else 0.0,
            src_id=account.src_number + channel.extension,
            en=_TEXTS[verdicts[account.account_id]][0],
            zh=_TEXTS[verdicts[account.account_id]][1],
        )
        for account in accounts
    ]
    return sorted(explained, key=lambda one: (one.verdict is not _V.CHOSEN, -one.share_percent))


def _behind(rank: Rank, best: Rank) -> RouteVerdict:
    """Return the first place in which a rank is behind the best."""
    for own, other, verdict in zip(rank, best, _VERDICTS, strict=True):
        if own > other:
            return verdict
        if own < other:
            break
    # Better placed, and yet not taken: only accounts of the failed one's group stand in.
    return _V.DOWN if rank.is_unwell else _V.NOT_IN_GROUP
