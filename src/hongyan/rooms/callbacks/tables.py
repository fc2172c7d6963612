"""Tables of callbacks. Bodies of posts are sealed by the key ring: they hold phone numbers."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from hongyan.kernel.db.metadata import metadata

addresses = Table(
    "callbacks_addresses",
    metadata,
    Column("address_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(64), nullable=False, comment="app or template that holds the URL, else empty"),
    Column("url", Text, nullable=False),
    Column("remark", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sealed_secret", LargeBinary, comment="Standard Webhooks; null: posts are not signed"),
    Column("sealed_old_secret", LargeBinary, comment="still signs beside the new one"),
    Column("old_secret_until", DateTime(timezone=True)),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column("failing_since", DateTime(timezone=True)),
    Column("last_success_at", DateTime(timezone=True)),
    Column("last_attempt_at", DateTime(timezone=True)),
    Column("paused_until", DateTime(timezone=True), comment="several failures in a row: nothing is tried before"),
    Column("notice_at", DateTime(timezone=True)),
    Column("disabled_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "kind", "subject"),
    Index("ix_callbacks_addresses_failing", "failing_since", postgresql_where=text("failing_since IS NOT NULL")),
)

posts = Table(
    "callbacks_posts",
    metadata,
    Column("post_id", BigInteger, Identity(), primary_key=True),
    Column("address_id", Uuid(as_uuid=False), nullable=False),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("request_id", Uuid(as_uuid=False), nullable=False, comment="the same at every repetition"),
    Column("document", String(16), nullable=False),
    Column("receipts", SmallInteger, nullable=False),
    Column("task_ids", ARRAY(Uuid(as_uuid=False)), nullable=False),
    Column("source", Text, unique=True, comment="key of the fact, where a job may run twice"),
    Column("body", LargeBinary, nullable=False, comment="compressed, then sealed by the key ring"),
    Column("state", SmallInteger, nullable=False, comment="0 waiting, 1 delivered, 2 dead"),
    Column("attempts", Integer, nullable=False, server_default="0", comment="counted before the bytes leave"),
    Column("next_at", DateTime(timezone=True), nullable=False, comment="when it may be claimed; a claim moves it on"),
    Column("due_since", DateTime(timezone=True), nullable=False, comment="five days later it is given up"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
    Column("last_status", Integer),
    Column("last_error", Text),
    Index("ix_callbacks_posts_due", "address_id", "next_at", postgresql_where=text("state = 0")),
    # Both orders of a list, and the days that it is narrowed to.
    Index("ix_callbacks_posts_list", "address_id", "created_at", "post_id"),
    Index("ix_callbacks_posts_done", "done_at", postgresql_where=text("state > 0")),
)

attempts = Table(
    "callbacks_attempts",
    metadata,
    Column("attempt_id", BigInteger, Identity(), primary_key=True),
    Column("address_id", Uuid(as_uuid=False), nullable=False),
    Column("request_id", Uuid(as_uuid=False), nullable=False),
    Column("document", String(16), nullable=False),
    Column("receipts", SmallInteger, nullable=False),
    Column("attempt_no", Integer, nullable=False, comment="0: the test button"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("answer", Text, nullable=False, comment="its first bytes"),
    Index("ix_callbacks_attempts_list", "address_id", "attempt_id"),
    # Few of many: what did not go well is looked for when something is wrong.
    Index(
        "ix_callbacks_attempts_failed",
        "address_id",
        "attempt_id",
        postgresql_where=text("status IS NULL OR status NOT BETWEEN 200 AND 299"),
    ),
    Index("ix_callbacks_attempts_at", "at"),
    comment="the delivery log",
)

notices = Table(
    "callbacks_notices",
    metadata,
    Column("notice_id", BigInteger, Identity(), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("address_id", Uuid(as_uuid=False), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("url", Text, nullable=False),
    Column("failing_since", DateTime(timezone=True), nullable=False),
    Column("disables_at", DateTime(timezone=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_callbacks_notices_tenant", "tenant_id", "notice_id"),
)

sms_receipts = Table(
    "callbacks_sms_receipts",
    metadata,
    Column("day", Integer, nullable=False),
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("code", Text, nullable=False),
    Column("post_id", BigInteger, nullable=False, comment="the post that carries the message's sms receipt"),
    Column(
        "customer", LargeBinary, nullable=False, comment="the sender's mark of the recipient, sealed as a number is"
    ),
    # The day last: a card knows its task and code, and not the day of the receipt.
    PrimaryKeyConstraint("task_id", "code", "day"),
    postgresql_partition_by="RANGE (day)",
    comment="one row per message with a link: its shortchain receipt waits for this post",
)

cards = Table(
    "callbacks_cards",
    metadata,
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("range_id", BigInteger, nullable=False),
    Column("link_offset", BigInteger, nullable=False),
    Column("drawing", Text, nullable=False, comment="tells the devices of a group link apart"),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("code", Text, nullable=False),
    Column("result_code", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("waits_for", BigInteger, comment="the post of the sms receipt, once it is known"),
    Column("look_at", DateTime(timezone=True), comment="null: its shortchain receipt is a post"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("task_id", "range_id", "link_offset", "drawing"),
    Index("ix_callbacks_cards_look", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    Index("ix_callbacks_cards_code", "task_id", "code", postgresql_where=text("look_at IS NOT NULL")),
    Index("ix_callbacks_cards_post", "waits_for", postgresql_where=text("look_at IS NOT NULL")),
    Index("ix_callbacks_cards_created", "created_at"),
    comment="cards that phones have drawn; those with look_at wait for the sms receipt of their message",
)
