"""What the ledger's door refuses.

Tree::

    HongyanError
    └── MessageNotFound   404
"""

from hongyan.kernel.errors import NotFound


class MessageNotFound(NotFound):
    """No message with this id for this tenant."""

    code = "delivery.message_not_found"
    en = "Message {id} does not exist."
    zh = "消息 {id} 不存在。"
