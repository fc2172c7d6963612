"""What an uploaded picture must be for each use, and where it may stand. Pure.

Not for: decoding (``parsers``, in a child).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hongyan.rooms.service_accounts.contracts.accounts import Picture, PictureUse
from hongyan.rooms.service_accounts.errors import PictureRefused, PictureUnfit, ProofsTooLarge

KB = 1024
MB = 1024 * KB
MAX_PROOF_BYTES = 4 * MB
MAX_FILE_NAME = 200
_EXTENSIONS = MappingProxyType({"jpg": "jpg", "jpeg": "jpg", "png": "png", "bmp": "bmp"})
"""Extension → kind by content."""
_RATIO_SLACK = 0.01
"""A picture may miss its ratio by one percent: 1441 x 810 is 16:9 to everybody."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Least width and height in pixels, ratio as width by height (0: any), most bytes."""

    width: int
    height: int
    ratio: float
    max_bytes: int


DEMANDS: Mapping[PictureUse, Demand] = MappingProxyType(
    {
        PictureUse.PUB_LOGO: Demand(240, 240, 1.0, 100 * KB),
        PictureUse.BG_IMAGE: Demand(1440, 810, 16 / 9, 4 * MB),
        PictureUse.FASTAPP_LOGO: Demand(192, 192, 1.0, 4 * MB),
        PictureUse.OTHER: Demand(1, 1, 0, 4 * MB),
    }
)


def check_upload(use: PictureUse, name: str, size_bytes: int, kind: str | None) -> None:
    """Check name, size and kind of an upload before anything decodes it; ``kind`` is what the content says.

    Raises:
        PictureRefused: names what is wrong.
    """
    if not 1 <= len(name) <= MAX_FILE_NAME or not name.isprintable():
        raise PictureRefused(
            "file",
            reason=f"the file's name needs 1 to {MAX_FILE_NAME} printable characters",
            reason_zh=f"文件名长度必须为 1–{MAX_FILE_NAME} 个可见字符",
        )
    if not size_bytes:
        raise PictureRefused("file", reason="the file is empty", reason_zh="文件为空")
    limit = DEMANDS[use].max_bytes
    if size_bytes > limit:
        shown = f"{limit // MB} MB" if limit >= MB else f"{limit // KB} KB"
        raise PictureRefused("file", reason=f"the file is larger than {shown}", reason_zh=f"文件大小不能超过 {shown}")
    if kind not in _EXTENSIONS.values():
        raise PictureRefused(
            "file",
            reason="a jpg, jpeg, png or bmp picture is needed",
            reason_zh="仅支持 jpg、jpeg、png、bmp 格式的图片",
        )
    extension = name.rpartition(".")[2].lower()
    if _EXTENSIONS.get(extension) != kind:
        raise PictureRefused(
            "file",
            reason=f"the name ends in .{extension} but the content is {kind}",
            reason_zh=f"文件扩展名 .{extension} 与实际内容（{kind}）不符",
        )


def misfit(use: PictureUse, width: int, height: int, size_bytes: int) -> tuple[str, str] | None:
    """Return why a picture does not meet the demands of a use, in both languages, or ``None``."""
    demand = DEMANDS[use]
    if width < demand.width or height < demand.height:
        at_least = f"{demand.width} x {demand.height}"
        return f"at least {at_least} pixels are needed, these are {width} x {height}", f"分辨率不能小于 {at_least}"
    if demand.ratio and abs(width / height / demand.ratio - 1) > _RATIO_SLACK:
        shown = "1:1" if demand.ratio == 1 else "16:9"
        return f"the ratio {shown} is needed", f"图片比例必须为 {shown}"
    if size_bytes > demand.max_bytes:
        return f"at most {demand.max_bytes // KB} KB", f"不能超过 {demand.max_bytes // KB} KB"
    return None


def check_fit(field: str, picture: Picture, use: PictureUse) -> None:
    """Check that an uploaded picture meets the demands of the place where it shall stand.

    Raises:
        PictureUnfit: it does not.
    """
    why = misfit(use, picture.width, picture.height, picture.size_bytes)
    if why is not None:
        raise PictureUnfit(field, picture_id=picture.picture_id, reason=why[0], reason_zh=why[1])


def check_proofs(field: str, pictures: Sequence[Picture]) -> None:
    """Check that proofs are not too large together.

    Raises:
        ProofsTooLarge: they are.
    """
    if sum(picture.size_bytes for picture in pictures) > MAX_PROOF_BYTES:
        raise ProofsTooLarge(field, limit=MAX_PROOF_BYTES // MB)
