"""What a channel number must be, and which binding a message meets. Pure."""

import re
from collections.abc import Iterable, Sequence

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.service_accounts.contracts.accounts import Place, PubForm
from hongyan.rooms.service_accounts.contracts.ports import Binding, Port, PortForm, PortType
from hongyan.rooms.service_accounts.errors import RegionsOverlap, SignNotOnPort
from hongyan.rooms.service_accounts.rules import regions
from hongyan.rooms.service_accounts.rules.accounts import check_signs

MAX_DIGITS = 21
SUFFIX_DIGITS = 5
_DIGITS = re.compile(r"\d+", re.ASCII)


def check_port(form: PortForm) -> None:
    """Check a channel number.

    Raises:
        InvalidInput: names the field.
    """
    is_suffix = form.type is PortType.SUFFIX
    is_sized = len(form.port) == SUFFIX_DIGITS if is_suffix else len(form.port) <= MAX_DIGITS
    if not _DIGITS.fullmatch(form.port) or not is_sized:
        needed = "exactly 5 digits" if is_suffix else "1 to 21 digits"
        needed_zh = "5 位数字" if is_suffix else "1–21 位数字"
        raise InvalidInput("port", reason=f"{needed} are needed", reason_zh=f"必须为 {needed_zh}")
    check_signs("sign", form.signs)
    if form.type is not PortType.PLAIN and not form.is_checked:
        raise InvalidInput(
            "sign_check", reason="must be 1 with port_type 3 and 5", reason_zh="通道号类型为 3 或 5 时必须为 1"
        )
    if len(set(form.proofs)) != len(form.proofs):
        raise InvalidInput("authorization_files", reason="a picture is there twice", reason_zh="图片重复")


def is_contested(form: PortForm, others: Iterable[PortForm]) -> bool:
    """Tell whether other companies hold the same number and a phone could not tell whose a message is."""
    return any(not (form.is_checked and other.is_checked) or set(form.signs) & set(other.signs) for other in others)


def check_binding(port: Port, signs: Sequence[str], areas: Sequence[str], bound: Iterable[Binding]) -> None:
    """Check a new binding against the number's signatures and its other bindings.

    Raises:
        InvalidInput, SignNotOnPort, RegionUnknown, RegionsOverlap: names the field.
    """
    check_signs("sign", signs)
    for sign in signs:
        if sign not in port.form.signs:
            raise SignNotOnPort("sign", sign=sign)
    regions.check_areas("province", areas)
    overlap = find_overlap(port, signs, areas, bound)
    if overlap is not None:
        raise RegionsOverlap("province", first=overlap[0], second=overlap[1])


def find_overlap(
    port: Port, signs: Sequence[str], areas: Sequence[str], bound: Iterable[Binding]
) -> tuple[str, str] | None:
    """Return two regions in which a binding would meet another one; where signatures do not count, any two may."""
    for other in bound:
        if not port.form.is_checked or set(signs) & set(other.signs):
            overlap = regions.find_overlap(other.areas, areas)
            if overlap is not None:
                return overlap
    return None


def auto_signs(port: Port, form: PubForm) -> tuple[str, ...]:
    """Return the number's signatures that an account collects by itself."""
    return tuple(sign for sign in port.form.signs if form.auto_ports and sign in form.signs)


def _fits(port: PortForm, number: str) -> bool:
    if port.type is PortType.PREFIX:
        return number.startswith(port.port)
    return number.endswith(port.port) if port.type is PortType.SUFFIX else number == port.port


def candidates(number: str) -> list[str]:
    """Return every registered number that could fit a message's sender: itself, its beginnings, its last digits."""
    return [*(number[:length] for length in range(1, len(number) + 1)), number[-SUFFIX_DIGITS:]]


def best_binding(
    found: Iterable[tuple[Port, Binding]], *, sign: str, number: str, place: Place
) -> tuple[Port, Binding] | None:
    """Return the binding that a message meets: checked signatures first, then the longest number, then the oldest."""
    met = [
        (port, binding)
        for port, binding in found
        if _fits(port.form, number)
        and (not port.form.is_checked or sign in binding.signs)
        and regions.is_within(place, binding.areas)
    ]
    return min(
        met,
        key=lambda one: (not one[0].form.is_checked, -len(one[0].form.port), one[1].created_at, one[1].binding_id),
        default=None,
    )
