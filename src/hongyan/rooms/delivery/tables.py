"""Tables of the ledger. Messages and outcomes are partitioned by day (the message id begins with its planning day).

A message's row is written once at planning and updated once when it is final; everything between is derived from its
batch (not yet spanned: queued or held), its outcomes (submitted) and the list of unknowns. Source: ADR 0005.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
    text,
)

from hongyan.kernel.db.metadata import metadata
from hongyan.rooms.delivery.contracts import MessageState

batch_seq = Sequence("delivery_batch_seq", metadata=metadata, minvalue=1, maxvalue=(1 << 30) - 1, cycle=True)
"""Lower 30 bits of a batch id; the day stands above them."""

SPAN_ID_BLOCK = 1_000
"""Span ids that a process takes at once."""
span_seq = Sequence("delivery_span_seq", metadata=metadata, increment=SPAN_ID_BLOCK)

tasks = Table(
    "delivery_tasks",
    metadata,
    Column("task_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("is_settled", Boolean, nullable=False, comment="campaigns was told that nothing is open"),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Index("ix_delivery_tasks_open", "planned_at", postgresql_where=text("NOT is_settled")),
)

chunks = Table(
    "delivery_chunks",
    metadata,
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("chunk_no", Integer, nullable=False),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("task_id", "chunk_no"),
    comment="a chunk that is here is never planned again",
)

batches = Table(
    "delivery_batches",
    metadata,
    Column("batch_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("account_id", Integer, comment="null: its messages ended at planning"),
    Column("klass", SmallInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False, server_default="0", comment="0 SMS, 1 video"),
    Column("src_id", Text, nullable=False),
    Column("signature_id", Text, nullable=False),
    Column("template_id", Text, nullable=False),
    Column("card_template_id", Text),
    Column("subjects", ARRAY(Text), nullable=False, comment="kind:id of every gate that can stop it"),
    Column("window_start", Time),
    Column("window_end", Time),
    Column("window_zone", Text),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("message_count", SmallInteger, nullable=False),
    Column("next_pos", SmallInteger, nullable=False, comment="first position that no span has covered"),
    Column("retry", LargeBinary, nullable=False, comment="covered positions that came back unsent, one byte each"),
    Column("state", SmallInteger, nullable=False, comment="0 ready, 1 parked, 2 nothing left to send, 3 cancelled"),
    Column("ready_at", DateTime(timezone=True), comment="parked until then; null: until a gate opens"),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column(
        "confirms_opt_out",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="tells one number that its refusal was heard, so opt-outs do not stop it",
    ),
    Index(
        "ix_delivery_batches_ready",
        "account_id",
        "klass",
        "tenant_id",
        "batch_id",
        postgresql_where=text("state = 0"),
    ),
    Index("ix_delivery_batches_parked", "account_id", "ready_at", postgresql_where=text("state = 1")),
    Index("ix_delivery_batches_expiry", "expires_at", postgresql_where=text("state < 2")),
    Index("ix_delivery_batches_live", "tenant_id", postgresql_where=text("state < 2")),
    Index("ix_delivery_batches_task", "task_id", "batch_id"),
    Index("ix_delivery_batches_tenant", "tenant_id", "planned_at", "batch_id"),
    Index("ix_delivery_batches_signature", "tenant_id", "signature_id", "planned_at", "batch_id"),
    Index("ix_delivery_batches_card", "tenant_id", "card_template_id", "planned_at", "batch_id"),
)

messages = Table(
    "delivery_messages",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("recipient_no", Integer, nullable=False),
    Column("number", LargeBinary, nullable=False, comment="sealed under the tenant's key"),
    Column("text", Text, nullable=False),
    Column("parts", SmallInteger, nullable=False),
    Column("link_code", Text),
    Column("cust_flag", Text),
    Column("state", SmallInteger, nullable=False, comment="0 open, else final: rules.STATE_NUMBERS"),
    Column("carrier_code", Text),
    Column("final_at", DateTime(timezone=True)),
    Index("ix_delivery_messages_number", "number", postgresql_using="hash"),
    postgresql_partition_by="RANGE (message_id)",
)

outcomes = Table(
    "delivery_outcomes",
    metadata,
    Column("message_id", BigInteger, nullable=False),
    Column("part_no", SmallInteger, nullable=False),
    Column("parts", SmallInteger, nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("carrier_msg_id", BigInteger, nullable=False, comment="the wire's unsigned 64 bits as signed"),
    Column("result", BigInteger, nullable=False, comment="the carrier's code: 32 bits unsigned in most protocols"),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("report_state", SmallInteger, comment="only kept for messages of several parts"),
    Column("carrier_ref", Text, comment="the carrier's own text of its id, where that is not a number of 64 bits"),
    PrimaryKeyConstraint("message_id", "part_no"),
    Index("ix_delivery_outcomes_carrier", "account_id", "carrier_msg_id", postgresql_where=text("result = 0")),
    postgresql_partition_by="RANGE (message_id)",
)

spans = Table(
    "delivery_spans",
    metadata,
    Column("span_id", BigInteger, primary_key=True, autoincrement=False),
    Column("batch_id", BigInteger, nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("positions", LargeBinary, nullable=False, comment="one byte each"),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Index("ix_delivery_spans_open", "account_id", postgresql_where=text("closed_at IS NULL")),
    Index("ix_delivery_spans_batch", "batch_id"),
)

counters = Table(
    "delivery_counters",
    metadata,
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("shard", Integer, nullable=False, comment="writers that run side by side have their own: rules.Shard"),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    *(Column(state.value, Integer, nullable=False, server_default="0") for state in MessageState),
    PrimaryKeyConstraint("task_id", "shard"),
    comment="sums of transitions; one shard may be negative, the sum over shards is how many are in the state",
)

gates = Table(
    "delivery_gates",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("subject", Text, nullable=False, comment="kind:id"),
    Column("reason", Text, nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("tenant_id", "subject"),
    comment="closed ones only",
)

suppressions = Table(
    "delivery_suppressions",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("number", LargeBinary, nullable=False, comment="sealed under the tenant's key"),
    Column("signature_id", Text, nullable=False, server_default="", comment="empty: all messages of the tenant"),
    PrimaryKeyConstraint("tenant_id", "number", "signature_id"),
)

paces = Table(
    "delivery_paces",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("subject", Text, nullable=False, comment="kind:id of a tenant or of one of its signatures"),
    Column("rate_per_s", Integer, nullable=False, comment="parts per second, over all accounts"),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("tenant_id", "subject"),
)

pace_buckets = Table(
    "delivery_pace_buckets",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("subject", Text, nullable=False),
    Column("tokens", Double, nullable=False, comment="parts that may be claimed; below zero after a long message"),
    Column("at", DateTime(timezone=True), nullable=False, comment="when it was so, by the database's clock"),
    PrimaryKeyConstraint("tenant_id", "subject"),
    postgresql_with={"fillfactor": 20},
    comment="one row per pace, written by every claim of its tenant: apart from what people set",
)

policies = Table(
    "delivery_policies",
    metadata,
    Column("klass", SmallInteger, primary_key=True, autoincrement=False),
    Column("may_resend_unknown", Boolean, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="no row: an unknown message is never sent again",
)

unknowns = Table(
    "delivery_unknowns",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("line_number", LargeBinary, nullable=False, comment="sealed under the line's key: reports name no tenant"),
    Column("parts", SmallInteger, nullable=False),
    Column("missing", LargeBinary, nullable=False, comment="parts without an answer, one byte each"),
    Column("reason", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Index("ix_delivery_unknowns_number", "account_id", "line_number"),
    Index("ix_delivery_unknowns_since", "since"),
    comment="attempted, and nobody knows whether the carrier took it",
)

resends = Table(
    "delivery_resends",
    metadata,
    # The key is what makes a third sending impossible.
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("task_id", Uuid(as_uuid=False), nullable=False),
    Column("account_id", Integer, nullable=False, comment="of the first sending"),
    Column("line_number", LargeBinary, nullable=False),
    Column("parts", SmallInteger, nullable=False),
    Column("reason", Text, nullable=False, comment="why the first sending was unknown"),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("ordered_by", Text, nullable=False),
    Column("heard", ARRAY(SmallInteger), nullable=False, server_default="{}", comment="late reports of the first one"),
    Index("ix_delivery_resends_number", "account_id", "line_number"),
    comment="unknown messages that were sent a second and last time",
)

followers = Table(
    "delivery_followers",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), primary_key=True),
    comment="tenants whose final messages somebody wants to hear of",
)

finals = Table(
    "delivery_finals",
    metadata,
    Column("final_no", BigInteger, Identity(), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("message_ids", ARRAY(BigInteger), nullable=False, comment="at most 500"),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="a queue: messages of followers that have become final and were not taken yet",
)


def _what() -> list[Column[Any]]:
    """What planned messages are counted by."""
    return [
        Column("kind", SmallInteger, nullable=False),
        Column("signature_id", Text, nullable=False),
        Column("template_id", Text, nullable=False),
        Column("card_template_id", Text, nullable=False, comment="empty: no card"),
    ]


planned_fresh = Table(
    "delivery_planned_fresh",
    metadata,
    Column("fresh_no", BigInteger, Identity(), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("hour", DateTime(timezone=True), nullable=False),
    *_what(),
    Column("messages", BigInteger, nullable=False),
    Index("ix_delivery_planned_fresh_tenant", "tenant_id", "hour"),
    comment="one row per planned chunk, until upkeep folds it into delivery_planned",
)

planned = Table(
    "delivery_planned",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("is_day", Boolean, nullable=False),
    Column("bucket", DateTime(timezone=True), nullable=False, comment="begin of the hour or day (UTC)"),
    *_what(),
    Column("messages", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "is_day", "bucket", "kind", "signature_id", "template_id", "card_template_id"),
    comment="messages planned per hour and per day: totals of lists",
)
