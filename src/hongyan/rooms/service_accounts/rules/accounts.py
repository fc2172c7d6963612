"""What an account must be, what an update makes of it, and which state lists show. Pure."""

from collections.abc import Sequence
from dataclasses import fields, replace

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.service_accounts.contracts.accounts import Approval, Part, Pub, PubChange, PubForm, State
from hongyan.rooms.service_accounts.errors import PubInWrongState, UnderReview
from hongyan.rooms.service_accounts.rules import regions
from hongyan.rooms.service_accounts.rules.texts import check_shown

INDUSTRIES = (
    *("finance", "social", "media", "travel", "shopping", "local"),
    *("health", "education", "news", "carrier", "other"),
)
"""The filing's words in the order of the vendor's numbers 1 to 11."""
OTHER_INDUSTRY = len(INDUSTRIES)
SIGN_CHARS = (2, 18)


def industry_of(word: str) -> int:
    """Return the vendor's number of a filing's industry."""
    return INDUSTRIES.index(word) + 1 if word in INDUSTRIES else OTHER_INDUSTRY


def check_signs(field: str, signs: Sequence[str]) -> None:
    """Check signatures: 2 to 18 characters without brackets or blanks, none twice.

    Raises:
        InvalidInput: names the field.
    """
    for number, sign in enumerate(signs):
        is_long_enough = SIGN_CHARS[0] <= len(sign) <= SIGN_CHARS[1]
        if not is_long_enough or not sign.isprintable() or set(sign) & set("【】[] "):
            raise InvalidInput(
                field,
                reason=f"{sign!r}: a signature has 2 to 18 characters, no brackets and no blanks",
                reason_zh=f"签名 {sign} 长度必须为 2–18 个字符，且不含括号和空格",
            )
        if sign in signs[:number]:
            raise InvalidInput(field, reason=f"{sign} is there twice", reason_zh=f"签名 {sign} 重复")


def check_pub(form: PubForm) -> PubForm:
    """Check an account and return it with its defaults: the whole country, and no signatures when not asked for.

    Raises:
        InvalidInput, RegionUnknown, RegionsOverlap: names the field.
    """
    check_shown("pub_name", form.name)
    check_shown("pub_abstract", form.abstract.replace("\n", " "))
    if form.remark:
        check_shown("pub_remark", form.remark)
    if len(set(form.proofs)) != len(form.proofs):
        raise InvalidInput("authorization_files", reason="a picture is there twice", reason_zh="图片重复")
    if not form.auto_ports:
        return replace(form, signs=(), areas=())
    if not form.signs:
        raise InvalidInput(
            "signs_for_auto_get_port", reason="is needed when auto_get_port is 1", reason_zh="auto_get_port 为 1 时必填"
        )
    check_signs("signs_for_auto_get_port", form.signs)
    areas = form.areas or (regions.COUNTRY,)
    regions.check_areas("areas_for_auto_get_port", areas)
    return replace(form, areas=areas)


def changed(form: PubForm, change: PubChange) -> PubForm:
    """Return a form with what an update names.

    Raises:
        InvalidInput: the update names nothing.
    """
    given = {one.name: getattr(change, one.name) for one in fields(PubChange)}
    wanted = {name: value for name, value in given.items() if value is not None}
    if not wanted:
        raise InvalidInput("body", reason="nothing to change is given", reason_zh="没有需要修改的内容")
    return replace(form, **wanted)


def require_decided(field: str, subject_id: str, approval: Approval) -> None:
    """Let pass what is not under review.

    Raises:
        UnderReview: it is.
    """
    if approval is Approval.REVIEWING:
        raise UnderReview(field, id=subject_id)


def require_state(pub: Pub, needed: State) -> None:
    """Let pass an account in a state.

    Raises:
        PubInWrongState: it is in another.
    """
    if pub.state is not needed:
        raise PubInWrongState("pub_id", state=pub.state.value, needed=needed.value)


def shown_state(state: State, *, is_filed: bool) -> State:
    """Return the state that lists show: without an approved filing nothing is in effect."""
    return State.EXPIRED if state is State.EFFECTIVE and not is_filed else state


def pub_state(pub: Pub, *, is_filed: bool) -> State:
    """Return an account's state to show."""
    return shown_state(pub.state, is_filed=is_filed)


def part_state(part: Part, pub: Pub, *, is_filed: bool) -> State:
    """Return a part's state: its account's, once the part itself was approved."""
    return State.NOT_EFFECTIVE if part.live is None else pub_state(pub, is_filed=is_filed)


def stored_state(wanted: State | None, *, is_filed: bool) -> State | None:
    """Return the stored state that a filter means, or ``None`` for none; ``EXPIRED`` is stored as in effect.

    The caller must ask :func:`can_match` first.
    """
    return State.EFFECTIVE if wanted is State.EXPIRED and not is_filed else wanted


def can_match(wanted: State | None, *, is_filed: bool) -> bool:
    """Tell whether any account can be in the wanted state now."""
    return wanted is not (State.EXPIRED if is_filed else State.EFFECTIVE)
