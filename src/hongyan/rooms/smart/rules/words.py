"""Words that no card may say. An operator replaces the list with a file of one word a line (``#`` begins a remark)."""

from collections.abc import Iterable

BUILT_IN = frozenset(
    {
        "赌博",
        "博彩",
        "六合彩",
        "时时彩",
        "枪支",
        "弹药",
        "冰毒",
        "海洛因",
        "摇头丸",
        "代开发票",
        "刻章办证",
        "裸聊",
        "色情",
        "迷药",
        "高利贷",
        "信用卡套现",
        "传销",
        "洗钱",
        "代孕",
        "买卖身份证",
    }
)
"""Goods and services that no carrier lets through: a starting point, not a filter."""


def read_words(lines: Iterable[str]) -> frozenset[str]:
    """Return the words of an operator's file."""
    words = (line.partition("#")[0].strip() for line in lines)
    return frozenset(word for word in words if word)
