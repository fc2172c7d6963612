"""The one base error: it knows its status, its codes and its texts, so any door can show it.

Tree::

    HongyanError
    ├── InvalidInput      400  a field of a request breaks a rule (names the field)
    ├── NotFound          404  (400 towards the vendor's SDK: its documents know only 400 and 500)
    ├── Forbidden         403
    ├── Conflict          409
    └── (rooms subclass these in their ``errors.py``)

Not for: protocol errors of the wire (``telcowire.errors``) nor programming mistakes, which stay exceptions and become
a 500.
"""

from typing import ClassVar


class HongyanError(Exception):
    """An expected refusal.

    Subclasses set ``code`` (ours, ``room.reason``), ``vendor_code`` (``KM.…``, what the vendor's SDK sees),
    ``status``, and the texts ``en`` and ``zh`` as ``str.format`` templates over the keyword arguments given when
    raised. ``field`` names the request field.
    """

    code: ClassVar[str] = "kernel.refused"
    vendor_code: ClassVar[str] = "KM.99990000"
    status: ClassVar[int] = 400
    vendor_status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False
    en: ClassVar[str] = "The request was refused."
    zh: ClassVar[str] = "请求被拒绝。"

    def __init__(self, field: str | None = None, **params: object) -> None:
        """Keep the field that is wrong and what the texts need."""
        self.field = field
        self.params = params
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """Return the text for ``zh-CN`` (any tag that starts with ``zh``) or English, with the values filled in."""
        template = self.zh if language.lower().startswith("zh") else self.en
        return template.format(field=self.field or "", **self.params)


class InvalidInput(HongyanError):
    """A field breaks its rule: ``InvalidInput("task_name", reason="…", reason_zh="…")``."""

    code = "kernel.invalid_input"
    vendor_code = "KM.90016803"
    en = "{field}: {reason}"
    zh = "{field}：{reason_zh}"

    def __init__(self, field: str, *, reason: str, reason_zh: str | None = None, **params: object) -> None:
        """Name the field and say what is wrong with it, in both languages where they differ."""
        super().__init__(field, reason=reason, reason_zh=reason_zh or reason, **params)


class NotFound(HongyanError):
    """Nothing with that id for this tenant (what belongs to others is not there either)."""

    code = "kernel.not_found"
    vendor_code = "KM.99990404"
    status = 404
    en = "{what} {id} does not exist."
    zh = "{what} {id} 不存在。"


class Forbidden(HongyanError):
    """The caller is known but may not do this."""

    code = "kernel.forbidden"
    vendor_code = "KM.99990403"
    status = 403
    vendor_status = 403
    en = "This needs the permission {permission}."
    zh = "缺少权限：{permission}。"


class Conflict(HongyanError):
    """The object is in a state that does not allow this."""

    code = "kernel.conflict"
    vendor_code = "KM.99990409"
    status = 409
    en = "{what} is {state}: this is not possible now."
    zh = "{what}当前状态为 {state}，不能执行此操作。"
