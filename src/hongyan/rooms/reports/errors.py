"""What reports refuse; all else is refused by the shapes of the requests.

Tree::

    HongyanError
    ├── InvalidInput ─ VendorNameUnknown, SpanWrong, ExportKindUnknown, ExportFilterWrong, NoNumbersInIt
    ├── NotFound ─ ExportNotFound
    └── Conflict ─ ExportNotReady, ExportNotOpen, ExportNotOver, TooManyExports
"""

from hongyan.kernel.errors import Conflict, InvalidInput, NotFound


class VendorNameUnknown(InvalidInput):
    """A name in ``factory_type`` is no handset vendor's."""

    code = "reports.vendor_name"
    vendor_code = "KM.99990920"


class SpanWrong(InvalidInput):
    """The days of a report end before they begin, or are too many."""

    code = "reports.span"


class ExportKindUnknown(InvalidInput):
    """There is no such list to export."""

    code = "reports.export_kind"


class ExportFilterWrong(InvalidInput):
    """A filter of an export is not one of the list's, or has a wrong value."""

    code = "reports.export_filter"


class NoNumbersInIt(InvalidInput):
    """Full numbers were asked of a list without numbers."""

    code = "reports.no_numbers"


class ExportNotFound(NotFound):
    """The tenant has no such export."""

    code = "reports.export_not_found"
    en = "The export does not exist."
    zh = "导出任务不存在。"


class ExportNotReady(Conflict):
    """There is no file yet, or no longer."""

    code = "reports.export_not_ready"
    en = "The file is not there: the export is {state}."
    zh = "文件不可下载：导出任务{state_zh}。"


class ExportNotOpen(Conflict):
    """What is over cannot be cancelled."""

    code = "reports.export_not_open"
    en = "The export is over and cannot be cancelled."
    zh = "导出任务已结束，不能取消。"


class ExportNotOver(Conflict):
    """Only what failed, was cancelled or has expired can be made again."""

    code = "reports.export_not_over"
    en = "Only an export that failed, was cancelled or has expired can be made again."
    zh = "只有失败、已取消或已过期的导出任务可以重新导出。"


class TooManyExports(Conflict):
    """The tenant has as many exports waiting as it may."""

    code = "reports.too_many_exports"
    en = "{limit} exports are waiting or being made: wait for one, or cancel one."
    zh = "已有 {limit} 个导出任务在排队或导出中，请等待完成或取消后再试。"
