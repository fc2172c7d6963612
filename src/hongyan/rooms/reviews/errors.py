"""Refusals of the review desk.

Tree::

    HongyanError
    ├── NotFound
    │   └── ReviewNotFound
    └── Conflict
        ├── AlreadyUnderReview
        ├── AlreadyDecided
        ├── SecondReviewerNeeded
        ├── OtherKind
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
    """The submission was decided, or withdrawn, before: says by whom, when and why."""

    code = "reviews.already_decided"
    en = "{by} {state} this at {at} (Beijing time) already{why}."
    zh = "该审核单已由 {by} 于 {at} {state_zh}{why_zh}，不能再次处理。"


class SecondReviewerNeeded(Conflict):
    """This kind needs two people, and the caller is the one who has approved."""

    code = "reviews.second_reviewer_needed"
    en = "You have approved this; another reviewer must approve it, too."
    zh = "您已初审通过，须由另一位审核员复审。"


class OtherKind(Conflict):
    """A decision about many names a submission of another kind."""

    code = "reviews.other_kind"
    en = "This submission is of another kind; it was left alone."
    zh = "该审核单属于其他类型，未处理。"


class UrgedTooSoon(Conflict):
    """Urging is possible once the review is late or four hours old, and every four hours."""

    code = "reviews.urged_too_soon"
    en = "Urging is possible from {possible_at} (UTC)."
    zh = "请在 {possible_at}（UTC）之后催审。"
