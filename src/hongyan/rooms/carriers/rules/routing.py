"""Who runs a number, which account takes it, and why.

The segment table is data as of 2026-11; an operator's table overrides it.
Source: the regulator's published assignments (号段); ADR 0018.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hongyan.kernel.ids import AccountId
from hongyan.kernel.phones import is_mainland
from hongyan.rooms.carriers.contracts import (
    Account,
    Carrier,
    Flow,
    HealthState,
    Route,
    RouteVerdict,
    SignatureChannel,
)

_SEGMENTS: Final[Mapping[Carrier, str]] = {
    # 192 is China Broadnet, which runs on China Mobile's network.
    Carrier.MOBILE: "134 135 136 137 138 139 144 147 148 150 151 152 157 158 159 165 172 178 182 183 184 187 188 192 "
    "195 197 198 1703 1705 1706",
    Carrier.UNICOM: "130 131 132 140 145 146 155 156 166 167 171 175 176 185 186 196 1704 1707 1708 1709",
    Carrier.TELECOM: "133 141 149 153 162 173 174 177 180 181 189 190 191 193 199 1349 1700 1701 1702",
}
SEGMENTS: Final[Mapping[str, Carrier]] = {
    prefix: carrier for carrier, prefixes in _SEGMENTS.items() for prefix in prefixes.split()
}
"""Prefix of three or four national digits → carrier; the longer prefix wins."""

DOWN_FOR: Final = timedelta(seconds=10)
"""A trouble that is younger moves nothing: most logins come back sooner."""
_UNLIMITED_WEIGHT: Final = 10_000
"""Parts per second that an account without a rate counts for when numbers are shared out."""
_UNKNOWN_COST: Final = 1 << 30
_MAINLAND_CHARS: Final = 13
_PREFIX_CHARS: Final = 6
"""The country code and four national digits: these decide, unless a number was ported."""

Reach = Carrier | None
"""Whom an account has to reach: ``ANY`` for foreign numbers, ``None`` for a segment that nobody was given."""
Shares = list[tuple[int, Route]]
"""Routes with the running sum of their weights."""


def carrier_of(phone: str, segments: Mapping[str, Carrier] = SEGMENTS) -> Carrier | None:
    """Return who runs a canonical number by its segment; ``None`` for foreign numbers and unassigned segments."""
    if not is_mainland(phone):
        return None
    return segments.get(phone[2:6]) or segments.get(phone[2:5])


def reach_of(phone: str, carrier: Carrier | None) -> Reach:
    """Return what an account must reach to take a number of a carrier.

    A foreign number needs an account for all; an unassigned mainland segment is tried wherever there is an account.
    """
    return carrier if carrier is not None or is_mainland(phone) else Carrier.ANY


def is_unwell(account: Account, noted: tuple[HealthState, datetime] | None, now: datetime) -> bool:
    """Tell whether others go first: the account has been down for ten seconds, or is paused.

    ``noted`` is what its gateway said last, and since when.
    """
    is_down = noted is not None and noted[0] is HealthState.DOWN and now - noted[1] >= DOWN_FOR
    return is_down or account.flow is Flow.PAUSED


class Rank(NamedTuple):
    """The order in which accounts are asked: the lowest takes the number, equal ones share."""

    is_general: bool
    """Accounts that serve only certain signatures come first for these."""
    is_for_all: bool
    """Accounts of the number's carrier come before accounts that reach everybody."""
    is_unwell: bool
    priority: int
    cost_milli: int


def rank_of(account: Account, channel_number: str, reach: Reach, unwell: Collection[AccountId]) -> Rank | RouteVerdict:
    """Return where an account stands for a number of a signature, or why it cannot take it at all."""
    if not account.is_enabled:
        return RouteVerdict.DISABLED
    if account.flow is Flow.DRAINING:
        return RouteVerdict.DRAINING
    if account.serves is not None and channel_number not in account.serves:
        return RouteVerdict.OTHER_SIGNATURES
    if reach is not None and account.carrier not in {reach, Carrier.ANY}:
        return RouteVerdict.OTHER_CARRIER
    return Rank(
        is_general=account.serves is None,
        is_for_all=reach is not None and account.carrier is not reach,
        is_unwell=account.account_id in unwell,
        priority=account.priority,
        cost_milli=_UNKNOWN_COST if account.cost_milli is None else account.cost_milli,
    )


def choose(ranked: Iterable[tuple[Rank, Account]]) -> list[Account]:
    """Return the accounts that share numbers of one kind.

    Where only accounts in trouble are left at the top, the well ones of their groups stand in.
    """
    takers = list(ranked)
    if not takers:
        return []
    first = _lowest(takers)
    if first[0][0].is_unwell:
        groups = {account.group for _, account in first if account.group is not None}
        stand_ins = [(rank, account) for rank, account in takers if account.group in groups and not rank.is_unwell]
        first = _lowest(stand_ins) if stand_ins else first
    return [account for _, account in first]


def _lowest(takers: Sequence[tuple[Rank, Account]]) -> list[tuple[Rank, Account]]:
    best = min(rank for rank, _ in takers)
    return [(rank, account) for rank, account in takers if rank == best]


def share(accounts: Iterable[Account], extension: str) -> Shares:
    """Return the routes over accounts that share numbers, by their weights."""
    shares: Shares = []
    total = 0
    for account in accounts:
        total += weight_of(account)
        shares.append((total, Route(account.account_id, account.src_number + extension, account.rate_per_s)))
    return shares


def weight_of(account: Account) -> int:
    """Return an account's part when numbers are shared out."""
    return account.weight or account.rate_per_s or _UNLIMITED_WEIGHT


def pick(shares: Shares, point: int) -> Route:
    """Return whose turn a point (any whole number from 0) is, of at least one; the same point gives the same route."""
    if len(shares) == 1:
        return shares[0][1]
    place = point % shares[-1][0]
    return next(route for end, route in shares if place < end)


class Router:
    """Routes the numbers of one signature. Built per chunk from a few rows; a route costs about half a microsecond."""

    def __init__(
        self,
        accounts: Sequence[Account],
        channel: SignatureChannel,
        segments: Mapping[str, Carrier],
        ported: Mapping[str, Carrier],
        unwell: Collection[AccountId] = (),
    ) -> None:
        """Take the accounts of one medium, the signature's channel, the operator's segments and ported numbers."""
        self._segments = {**SEGMENTS, **segments}
        self._ported = ported
        self._choices = {
            reach: share(
                choose(
                    (rank, account)
                    for account in accounts
                    if isinstance(rank := rank_of(account, channel.channel_number, reach, unwell), Rank)
                ),
                channel.extension,
            )
            for reach in (*Carrier, None)
        }
        self._by_prefix: dict[str, Shares] = {}

    def __call__(self, phone: str) -> Route | None:
        """Return the route of a canonical number, the same while the accounts stay; ``None``: nobody takes it."""
        if self._ported and phone in self._ported:
            shares = self._choices[self._ported[phone]]
        else:
            known = self._by_prefix.get(phone[:_PREFIX_CHARS]) if len(phone) == _MAINLAND_CHARS else None
            shares = self._find(phone) if known is None else known
        if len(shares) == 1:
            return shares[0][1]
        return pick(shares, point_of(phone)) if shares else None

    def _find(self, phone: str) -> Shares:
        shares = self._choices[reach_of(phone, carrier_of(phone, self._segments))]
        if is_mainland(phone):
            self._by_prefix[phone[:_PREFIX_CHARS]] = shares
        return shares


def point_of(phone: str) -> int:
    """Return where a number stands among shares: its hash, so that it keeps its account."""
    return zlib.crc32(phone.encode())
