"""Tables of the audience. Recipients are not rows: they lie in sealed blocks in the file store."""

from typing import Final

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid, text

from hongyan.kernel.db.metadata import metadata

number_files: Final = Table(
    "audience_number_files",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), primary_key=True),
    Column("file_id", Uuid(as_uuid=False), primary_key=True),
    Column("name", Text, nullable=False, comment="empty for typed numbers"),
    Column("source_bytes", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("rows", Integer, nullable=False, server_default=text("0")),
    Column("imported", Integer, nullable=False, server_default=text("0")),
    Column("invalid", Integer, nullable=False, server_default=text("0")),
    Column("duplicates", Integer, nullable=False, server_default=text("0")),
    Column("opted_out", Integer, nullable=False, server_default=text("0")),
    Column("blocks", Integer, nullable=False, server_default=text("0"), comment="while parsing: the checkpoint"),
    Column("columns", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("number_column", Text),
    Column("sheet", Text),
    Column("other_sheets", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("failure_code", Text),
    Column("failure_en", Text),
    Column("failure_zh", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("parsed_at", DateTime(timezone=True)),
    Index("ix_audience_number_files_created_at", "created_at"),
)

opt_outs: Final = Table(
    "audience_opt_outs",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), primary_key=True),
    Column("sealed_phone", LargeBinary, primary_key=True),
    Column("signature", Text, primary_key=True, comment="empty: all messages of the tenant"),
    Column("source", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
