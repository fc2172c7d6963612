"""Refusals of the review desk.

Tree::

    HongyanError
    ├── NotFound
    │   └── ReviewNotFound
    └── Conflict
        ├── AlreadyUnderReview
        ├── AlreadyDecided
        └── UrgedTooSoon
"""

from hongyan.kernel.errors import Conflict, NotFound


class ReviewNotFound(NotFound):
    """No submission with that id (or it belongs to another tenant)."""

    code = "reviews.not_found"
    en = "Review {id} does not exist."
    zh = "审核单 {id} 不存在。"


class AlreadyUnderReview(Conflict):
    """The subject has a submission that waits for its decision."""

    code = "reviews.already_under_review"
    en = "This is under review already; it cannot be submitted again before the decision."
    zh = "审核中，请等待审核结果后再提交。"


class AlreadyDecided(Conflict):
    """The submission was decided otherwise, or withdrawn."""

    code = "reviews.already_decided"
    en = "Review {id} was {state} already."
    zh = "审核单 {id} 已处理（{state}），不能再次变更。"


class UrgedTooSoon(Conflict):
    """Urging is possible once the review is late or four hours old, and every four hours."""

    code = "reviews.urged_too_soon"
    en = "Urging is possible from {possible_at} (UTC)."
    zh = "请在 {possible_at}（UTC）之后催审。"
