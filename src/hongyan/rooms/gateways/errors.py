"""What ends the work on an account.

Tree::

    Exception
    └── LeaseLost     another gateway holds the account now; nothing of ours may be written or sent any more
"""


class LeaseLost(Exception):
    """The fence refused us: the epoch was raised by another holder."""
