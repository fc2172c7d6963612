from datetime import UTC, datetime

import pytest

from hongyan.kernel.ids import TenantId
from hongyan.rooms.service_accounts.contracts.accounts import Picture, PictureUse
from hongyan.rooms.service_accounts.errors import PictureRefused, PictureUnfit, ProofsTooLarge
from hongyan.rooms.service_accounts.rules import pictures as rules

KB, MB = 1024, 1024 * 1024


def picture(width: int = 300, height: int = 300, size_bytes: int = 1000, media_type: str = "image/png") -> Picture:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Picture("0" * 32, TenantId("t"), PictureUse.OTHER, media_type, size_bytes, width, height, at)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "png"), ("a.JPG", "jpg"), ("a.jpeg", "jpg"), ("图片.bmp", "bmp"), ("a.b.png", "png")]
)
def test_good_uploads_pass(name: str, kind: str) -> None:
    rules.check_upload(PictureUse.OTHER, name, 10, kind)


@pytest.mark.parametrize(
    ("use", "name", "size", "kind", "said"),
    [
        (PictureUse.OTHER, "", 10, "png", "the file's name"),
        (PictureUse.OTHER, "a" * 201, 10, "png", "the file's name"),
        (PictureUse.OTHER, "a\n.png", 10, "png", "the file's name"),
        (PictureUse.OTHER, "a.png", 0, "png", "empty"),
        (PictureUse.PUB_LOGO, "a.png", 100 * KB + 1, "png", "larger than 100 KB"),
        (PictureUse.BG_IMAGE, "a.png", 4 * MB + 1, "png", "larger than 4 MB"),
        (PictureUse.OTHER, "a.gif", 10, "gif", "a jpg, jpeg, png or bmp"),
        (PictureUse.OTHER, "a.png", 10, None, "a jpg, jpeg, png or bmp"),
        (PictureUse.OTHER, "a.png", 10, "jpg", "the content is jpg"),
        (PictureUse.OTHER, "png", 10, "jpg", "the content is jpg"),
    ],
)
def test_bad_uploads_are_refused(use: PictureUse, name: str, size: int, kind: str | None, said: str) -> None:
    with pytest.raises(PictureRefused, match=said):
        rules.check_upload(use, name, size, kind)


@pytest.mark.parametrize(
    ("use", "width", "height", "size", "said"),
    [
        (PictureUse.PUB_LOGO, 240, 240, 100 * KB, None),
        (PictureUse.PUB_LOGO, 240, 239, 10, "at least 240 x 240"),
        (PictureUse.PUB_LOGO, 240, 243, 10, "the ratio 1:1"),
        (PictureUse.PUB_LOGO, 240, 240, 100 * KB + 1, "at most 100 KB"),
        (PictureUse.BG_IMAGE, 1441, 810, 4 * MB, None),
        (PictureUse.BG_IMAGE, 1440, 900, 10, "the ratio 16:9"),
        (PictureUse.FASTAPP_LOGO, 192, 192, 4 * MB, None),
        (PictureUse.OTHER, 1, 1000, 4 * MB, None),
    ],
)
def test_a_picture_fits_a_use_or_not(use: PictureUse, width: int, height: int, size: int, said: str | None) -> None:
    why = rules.misfit(use, width, height, size)
    assert (said is None and why is None) or (said is not None and why is not None and said in why[0])
    if why is None:
        rules.check_fit("logo_img", picture(width, height, size), use)
    else:
        with pytest.raises(PictureUnfit, match="logo_img"):
            rules.check_fit("logo_img", picture(width, height, size), use)


def test_proofs_are_limited_together() -> None:
    rules.check_proofs("authorization_files", [picture(size_bytes=2 * MB)] * 2)
    with pytest.raises(ProofsTooLarge, match="4 MB"):
        rules.check_proofs("authorization_files", [picture(size_bytes=2 * MB), picture(size_bytes=2 * MB + 1)])


def test_a_kept_picture_is_named_by_what_it_is() -> None:
    assert picture().name == "0" * 32 + ".png"
    assert picture(media_type="image/jpeg").name == "0" * 32 + ".jpg"
