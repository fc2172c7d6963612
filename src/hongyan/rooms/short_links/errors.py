"""Refusals of short links.

Tree::

    HongyanError
    ├── DomainUnusable     no such domain for this tenant, not active, or of the other kind
    ├── CodeTaken          a chosen code is in use on its domain
    ├── CodesExhausted     a generation has no numbers left: rotate it
    ├── ChunkDiffers       a task chunk asked again for another number of links
    ├── DomainExists       the name is registered already
    └── DomainIsPreset     new links are made there: choose another one first
"""

from hongyan.kernel.errors import HongyanError


class DomainUnusable(HongyanError):
    """Links cannot be made on this domain."""

    code = "short_links.domain_unusable"
    vendor_code = "KM.90016417"
    en = "The link domain {domain} does not exist, is not active, or is of the other kind."
    zh = "短链域名 {domain} 不存在、未生效或短码类型不符。"


class CodeTaken(HongyanError):
    """A chosen code is in use."""

    code = "short_links.code_taken"
    vendor_code = "KM.90016482"
    status = 409
    en = "The short code {short_code} is already in use on {domain}."
    zh = "短码 {short_code} 在域名 {domain} 上已被使用。"


class CodesExhausted(HongyanError):
    """The generation cannot name that many links any more."""

    code = "short_links.codes_exhausted"
    vendor_code = "KM.90016418"
    status = 503
    vendor_status = 500
    en = "The domain {domain} has no codes left: start a new generation of codes."
    zh = "域名 {domain} 的短码已用尽，请启用新一代短码。"


class ChunkDiffers(HongyanError):
    """The chunk has its links already, and they are not as many."""

    code = "short_links.chunk_differs"
    vendor_code = "KM.90016419"
    status = 409
    en = "Chunk {chunk_no} of task {task_id} already has {count} links."
    zh = "任务 {task_id} 的第 {chunk_no} 块已分配 {count} 个短链。"


class DomainExists(HongyanError):
    """The name is registered."""

    code = "short_links.domain_exists"
    vendor_code = "KM.90016420"
    status = 409
    en = "The link domain {domain} is already registered."
    zh = "短链域名 {domain} 已存在。"


class DomainIsPreset(HongyanError):
    """New links are made on this domain when none is named."""

    code = "short_links.domain_is_preset"
    vendor_code = "KM.90016421"
    status = 409
    en = "New links are made on {domain} by default: make another domain the default one first."
    zh = "{domain} 是新短链的默认域名，请先将其他域名设为默认。"
