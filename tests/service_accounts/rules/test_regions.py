import pytest

from hongyan.rooms.service_accounts.contracts.accounts import Place
from hongyan.rooms.service_accounts.errors import RegionsOverlap, RegionUnknown
from hongyan.rooms.service_accounts.rules import regions


def test_the_list_holds_all_provinces_and_prefectures() -> None:
    assert len(regions.PROVINCES) == 34
    prefectures = [name for name, parent in regions.PARENT.items() if parent in regions.PROVINCES]
    assert len(prefectures) == 333
    assert len(regions.PARENT) == 1 + 34 + 333


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("", ()),
        ("全国", ("全国",)),
        ("河北省,苏州市", ("河北省", "苏州市")),
        (
            " 河北省，苏州市、上海市；北京市;天津市 重庆市 ",
            ("河北省", "苏州市", "上海市", "北京市", "天津市", "重庆市"),
        ),
    ],
)
def test_regions_in_a_text_are_split(text: str, areas: tuple[str, ...]) -> None:
    assert regions.split_areas(text) == areas


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (["全国"], ["苏州市"], ("全国", "苏州市")),
        (["苏州市"], ["江苏省"], ("苏州市", "江苏省")),
        (["苏州市"], ["苏州市"], ("苏州市", "苏州市")),
        (["苏州市"], ["无锡市"], None),
        (["河北省", "上海市"], ["江苏省", "上海市"], ("上海市", "上海市")),
        ([], ["全国"], None),
    ],
)
def test_an_overlap_is_found(first: list[str], second: list[str], overlap: tuple[str, str] | None) -> None:
    assert regions.find_overlap(first, second) == overlap


@pytest.mark.parametrize("areas", [[], ["全国"], ["河北省", "苏州市", "香港特别行政区"]])
def test_good_regions_pass(areas: list[str]) -> None:
    regions.check_areas("province", areas)


@pytest.mark.parametrize(
    ("areas", "refusal", "text"),
    [
        (["江苏"], RegionUnknown, "province: 江苏 is no region of the list."),
        (["苏州市", "全国"], RegionsOverlap, "province: 苏州市 and 全国 overlap."),
        (["苏州市", "苏州市"], RegionsOverlap, "province: 苏州市 and 苏州市 overlap."),
    ],
)
def test_bad_regions_are_refused(areas: list[str], refusal: type[Exception], text: str) -> None:
    with pytest.raises(refusal) as caught:
        regions.check_areas("province", areas)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("place", "areas", "is_in"),
    [
        (Place(), ["全国"], True),
        (Place(), ["江苏省"], False),
        (Place("江苏省"), ["江苏省"], True),
        (Place("江苏省"), ["苏州市"], False),
        (Place(None, "苏州市"), ["江苏省"], True),
        (Place(None, "苏州市"), ["苏州市", "北京市"], True),
        (Place("江苏省", "昆山市"), ["江苏省"], True),
        (Place("上海市", "浦东新区"), ["江苏省"], False),
    ],
)
def test_a_phone_is_in_a_region(place: Place, areas: list[str], is_in: bool) -> None:
    assert regions.is_within(place, areas) is is_in
