"""What the carriers' door refuses.

Tree::

    HongyanError
    ├── AccountExists     409  the name is taken
    ├── NumberTaken       409  another signature has this channel number
    ├── AccountNotFound   404
    └── NumberNotFound    404  the signature was never to have a channel number
"""

from hongyan.kernel.errors import Conflict, NotFound


class AccountExists(Conflict):
    """Another account has this name."""

    code = "carriers.account_exists"
    en = "A channel named {name} exists. Remove it first, or choose another name."
    zh = "通道 {name} 已存在，请先删除或更换名称。"


class NumberTaken(Conflict):
    """Another signature has the extension."""

    code = "carriers.number_taken"
    en = "Another signature has the extension {extension}. Choose another."
    zh = "扩展号 {extension} 已分配给其他签名，请更换。"


class AccountNotFound(NotFound):
    """No account has this name."""

    code = "carriers.account_not_found"
    en = "There is no channel named {name}. `hongyan channel list` shows them."
    zh = "通道 {name} 不存在。"


class NumberNotFound(NotFound):
    """The signature has no channel number, and waits for none."""

    code = "carriers.number_not_found"
    en = "The signature {id} neither has a channel number nor waits for one: it must be approved first."
    zh = "签名 {id} 没有通道号，也不在等待开通：须先审核通过。"
