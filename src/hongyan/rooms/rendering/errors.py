"""Refusals of rendering.

Tree::

    HongyanError
    └── ValuesDiffer    not as many values as the template has variables
"""

from hongyan.kernel.errors import HongyanError


class ValuesDiffer(HongyanError):
    """A recipient's values do not fit the template's variables."""

    code = "rendering.values_differ"
    vendor_code = "KM.00001376"
    en = "The template has {expected} variables besides the link, {given} values were given."
    zh = "模板除解析标识外有 {expected} 个变量，实际提供了 {given} 个参数。"
