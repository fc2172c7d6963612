"""Refusals of number files; each names the file.

Tree::

    HongyanError
    └── NumberFileRefused      (never raised itself)
        ├── FileNameRefused    digits, letters and Chinese only, .xlsx, .csv or .txt
        ├── FileTypeRefused    the content is not what the name says
        ├── FileTooLarge       more than 40 MB
        ├── FileEmpty          no byte
        ├── FileUnreadable     damaged, or made to exhaust memory or time
        ├── FileProtected      has a password
        ├── FileUndecodable    neither UTF-8 nor GB18030 nor UTF-16
        └── NoNumberColumn     no column holds mobile numbers
    FileNotParsed              blocks were asked for before they are all there
"""

from hongyan.kernel.errors import Conflict, HongyanError


class NumberFileRefused(HongyanError):
    """A number file cannot be used."""

    code = "audience.refused"
    vendor_code = "KM.90016830"
    en = "{name}: the file cannot be used."
    zh = "{name}：文件不可用。"


class FileNameRefused(NumberFileRefused):
    """The name breaks the rule."""

    code = "audience.file_name"
    vendor_code = "KM.90016831"
    en = "{name}: a file name has only digits, letters and Chinese characters and ends with .xlsx, .csv or .txt."
    zh = "{name}：文件名只能包含数字、字母和汉字，扩展名为 .xlsx、.csv 或 .txt。"


class FileTypeRefused(NumberFileRefused):
    """The content is not what the name says."""

    code = "audience.file_type"
    vendor_code = "KM.90016832"
    en = "{name}: the content is not that of a {extension} file."
    zh = "{name}：文件内容不是 {extension} 格式。"


class FileTooLarge(NumberFileRefused):
    """Too many bytes."""

    code = "audience.file_too_large"
    vendor_code = "KM.90016833"
    en = "{name}: the file is larger than {limit_mb} MB."
    zh = "{name}：文件超过 {limit_mb} MB。"


class FileEmpty(NumberFileRefused):
    """Nothing in it."""

    code = "audience.file_empty"
    vendor_code = "KM.90016834"
    en = "{name}: the file is empty."
    zh = "{name}：文件为空。"


class FileUnreadable(NumberFileRefused):
    """Damaged, or made to exhaust memory or time."""

    code = "audience.file_unreadable"
    vendor_code = "KM.90016835"
    en = "{name}: the file cannot be read: it is damaged, or needs more memory or time than a number file may."
    zh = "{name}：文件无法解析，内容已损坏或解析所需内存、时间超出限制。"


class FileProtected(NumberFileRefused):
    """Has a password."""

    code = "audience.file_protected"
    vendor_code = "KM.90016836"
    en = "{name}: the file is protected by a password."
    zh = "{name}：文件设有密码保护，无法解析。"


class FileUndecodable(NumberFileRefused):
    """Text in no encoding that we know."""

    code = "audience.file_undecodable"
    vendor_code = "KM.90016837"
    en = "{name}: the text is neither UTF-8 nor GB18030 nor UTF-16."
    zh = "{name}：文本编码不是 UTF-8、GB18030 或 UTF-16。"


class NoNumberColumn(NumberFileRefused):
    """No column holds mobile numbers."""

    code = "audience.no_number_column"
    vendor_code = "KM.90016838"
    en = "{name}: no column holds mobile numbers."
    zh = "{name}：没有找到手机号码列。"


class FileNotParsed(Conflict):
    """Blocks are complete only when the file is parsed."""

    code = "audience.not_parsed"
    vendor_code = "KM.90016839"
    en = "The number file {name} is {state}, not parsed."
    zh = "号码文件 {name} 状态为 {state}，尚未解析完成。"
