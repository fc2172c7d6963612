"""What ends the work on an account, and what its door refuses.

Tree::

    Exception
    └── LeaseLost            another gateway holds the account now; nothing of ours may be written or sent any more
    HongyanError
    ├── ChannelEnabled       409  it must be disabled before it is removed
    └── ChannelWaitedFor     409  messages wait for it
"""

from hongyan.kernel.errors import Conflict


class LeaseLost(Exception):
    """The fence refused us: the epoch was raised by another holder."""


class ChannelEnabled(Conflict):
    """Only a disabled channel may be removed."""

    code = "gateways.channel_enabled"
    en = "The channel {name} is enabled: disable it first, and wait until what it holds is sent."
    zh = "通道 {name} 仍在启用：请先停用，并等待其中的短信发完。"


class ChannelWaitedFor(Conflict):
    """Messages wait for the channel and would be stranded."""

    code = "gateways.channel_waited_for"
    en = "Messages wait for the channel {name}: put it into the group of another channel, or wait until they are sent."
    zh = "通道 {name} 上还有待发短信：请将其加入其他通道的容灾组，或等待发完。"
