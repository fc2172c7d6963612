"""Who stands in for an account that has failed. Source: ADR 0018."""

from collections.abc import Collection, Iterable, Sequence

from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import MEDIA_PROTOCOLS, Account, Carrier, Flow, SignatureChannel
from hongyan.rooms.carriers.rules.routing import Rank, Shares, choose, rank_of, share

_NETWORKS = (Carrier.MOBILE, Carrier.UNICOM, Carrier.TELECOM)


def stand_ins(account: Account, accounts: Iterable[Account], unwell: Collection[AccountId]) -> list[Account]:
    """Return the well, running accounts of the same group and medium that reach every number it reaches."""
    if account.group is None:
        return []
    is_media = account.protocol in MEDIA_PROTOCOLS
    return [
        other
        for other in accounts
        if other.account_id != account.account_id
        and other.group == account.group
        and other.is_enabled
        and other.flow is Flow.RUNNING
        and other.account_id not in unwell
        and (other.protocol in MEDIA_PROTOCOLS) is is_media
        and other.carrier in {account.carrier, Carrier.ANY}
    ]


def stand_in_shares(account: Account, others: Sequence[Account], channel: SignatureChannel) -> Shares:
    """Return how what waits on an account is shared out among its stand-ins, for one signature; empty: nobody may."""
    ranked = [(rank_of(other, channel.channel_number, account.carrier, ()), other) for other in others]
    return share(choose((rank, other) for rank, other in ranked if isinstance(rank, Rank)), channel.extension)


def uncovered(account: Account, accounts: Iterable[Account]) -> list[Carrier]:
    """Return whose numbers only this account takes for signatures in general."""
    is_media = account.protocol in MEDIA_PROTOCOLS
    others = {
        other.carrier
        for other in accounts
        if other.account_id != account.account_id
        and other.is_enabled
        and other.flow is not Flow.DRAINING
        and other.serves is None
        and (other.protocol in MEDIA_PROTOCOLS) is is_media
    }
    if account.serves is not None or Carrier.ANY in others:
        return []
    reached = list(_NETWORKS) if account.carrier is Carrier.ANY else [account.carrier]
    return [carrier for carrier in reached if carrier not in others]
