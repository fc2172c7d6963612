"""What the carriers' door refuses.

Tree::

    HongyanError
    ├── AccountExists     409  the name is taken
    └── AccountNotFound   404
"""

from hongyan.kernel.errors import Conflict, NotFound


class AccountExists(Conflict):
    """Another account has this name."""

    code = "carriers.account_exists"
    en = "A channel named {name} exists. Remove it first, or choose another name."
    zh = "通道 {name} 已存在，请先删除或更换名称。"


class AccountNotFound(NotFound):
    """No account has this name."""

    code = "carriers.account_not_found"
    en = "There is no channel named {name}. `hongyan channel list` shows them."
    zh = "通道 {name} 不存在。"
