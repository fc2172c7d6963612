"""Refusals of filings.

Tree::

    HongyanError
    ├── NotFound: PaperNotFound, LetterNotFound
    ├── InvalidInput: (a field of the form, or a file that is not what it must be)
    ├── FilingIncomplete
    ├── FilingMissing
    ├── RealNameMissing
    └── Conflict: FilingUnderReview
"""

from hongyan.kernel.errors import Conflict, HongyanError, NotFound


class PaperNotFound(NotFound):
    """No paper with that id for this tenant."""

    code = "enterprises.paper_not_found"
    vendor_code = "KM.99990301"
    en = "Paper {id} does not exist."
    zh = "材料 {id} 不存在。"


class LetterNotFound(NotFound):
    """No sample letter with that name."""

    code = "enterprises.letter_not_found"
    vendor_code = "KM.99990302"
    en = "There is no sample letter {id}."
    zh = "没有示例文件 {id}。"


class FilingIncomplete(HongyanError):
    """A required field of the filing is empty."""

    code = "enterprises.filing_incomplete"
    vendor_code = "KM.99990303"
    en = "{field}: {name} is required."
    zh = "{field}：请填写或上传“{name_zh}”。"


class FilingMissing(HongyanError):
    """What is wanted needs an approved filing."""

    code = "enterprises.filing_missing"
    vendor_code = "KM.99990304"
    status = 409
    en = "This needs an approved enterprise filing ({scene}); its state is {state}."
    zh = "请先完成企业备案（{scene}），当前状态：{state}。"


class RealNameMissing(HongyanError):
    """The tenant has no verified real name."""

    code = "enterprises.real_name_missing"
    vendor_code = "KM.99990305"
    status = 409
    en = "Enterprise real-name verification is needed first."
    zh = "请先完成企业实名认证。"


class FilingUnderReview(Conflict):
    """A filing cannot be changed while it is under review."""

    code = "enterprises.under_review"
    vendor_code = "KM.99990306"
    en = "The filing is under review; it cannot be changed before the decision."
    zh = "备案审核中，暂不能修改。"


class DrawingBusy(HongyanError):
    """A company waits for more pages of its papers than are drawn for it at once."""

    code = "enterprises.drawing_busy"
    vendor_code = "KM.99990503"
    status = 503
    vendor_status = 503
    retryable = True
    en = "Too many pages of your documents are being drawn. Try again in a few seconds, or download the document."
    zh = "正在生成的文件预览过多，请稍后重试，或下载文件查看。"
