"""The leases."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text, UniqueConstraint

from hongyan.kernel.db.metadata import metadata

leases = Table(
    "gateways_leases",
    metadata,
    Column("account_id", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False, comment="raised by every new holder: fences the old one"),
    Column("until", DateTime(timezone=True), nullable=False, comment="by the database's clock"),
    # Makes the epoch a key column: raising it waits for transactions that hold the fence (FOR KEY SHARE); renewals only
    # change `until` and do not wait. With FOR SHARE a renewal could starve behind overlapping transactions.
    UniqueConstraint("account_id", "epoch"),
)
