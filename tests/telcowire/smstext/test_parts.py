import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError
from telcowire.smstext.coding import FMT_ASCII, FMT_GB, FMT_UCS2, decode_text
from telcowire.smstext.gsm7 import decode_gsm7
from telcowire.smstext.parts import Coding, Wire, encode_text_parts
from telcowire.smstext.segments import count_segments, count_units
from telcowire.smstext.signature import SignaturePlace, cut_signature
from telcowire.smstext.udh import RefBits, split_udh

CHINESE = [Wire.CMPP, Wire.SGIP, Wire.SMGP]
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)
#: Much of each alphabet, and what hurts most: pairs, extension characters, two-octet characters beside ASCII.
RICH_TEXTS = st.text(alphabet=st.sampled_from("a€^中文，😀0[ é"), max_size=500)
LIMITS = {FMT_UCS2: (140, 140), FMT_GB: (140, 140), FMT_ASCII: (160, 140)}


def read(fmt: int, wire: Wire, contents: list[bytes]) -> list[str]:
    bodies = [part if len(contents) == 1 else split_udh(part)[1] for part in contents]
    if wire is Wire.SMPP and fmt == 0:
        return [decode_gsm7(body) for body in bodies]
    return [decode_text(body, fmt) for body in bodies]


@pytest.mark.parametrize(
    ("text", "coding", "wire", "fmt"),
    [
        ("中", Coding.UCS2, Wire.CMPP, FMT_UCS2),
        ("hello", Coding.UCS2, Wire.SMPP, FMT_UCS2),
        ("中", Coding.GBK, Wire.SGIP, FMT_GB),
        ("hello", Coding.GBK, Wire.SMGP, FMT_GB),
        ("中😀", Coding.GBK, Wire.SMGP, FMT_UCS2),
        ("中", Coding.GBK, Wire.SMPP, FMT_UCS2),
        ("hello", Coding.AUTO, Wire.CMPP, FMT_ASCII),
        ("hello é", Coding.AUTO, Wire.CMPP, FMT_UCS2),
        ("hello é€", Coding.AUTO, Wire.SMPP, 0),
        ("hello 中", Coding.AUTO, Wire.SMPP, FMT_UCS2),
        ("【a】hello", Coding.AUTO, Wire.SMPP, FMT_UCS2),
    ],
)
def test_the_channel_and_the_text_choose_the_alphabet(text: str, coding: Coding, wire: Wire, fmt: int) -> None:
    parts = encode_text_parts(text, 1, wire=wire, coding=coding)
    assert (parts.fmt, read(parts.fmt, wire, parts.contents)) == (fmt, [text])


@pytest.mark.parametrize(
    ("wire", "length", "octets"),
    [
        (Wire.CMPP, 160, [160]),
        (Wire.CMPP, 161, [140, 33]),
        (Wire.SGIP, 141, [140, 13]),
        (Wire.SMGP, 140, [140]),
        (Wire.SMPP, 160, [160]),
        (Wire.SMPP, 161, [159, 14]),
    ],
)
def test_lengths_of_plain_text(wire: Wire, length: int, octets: list[int]) -> None:
    parts = encode_text_parts("x" * length, 1, wire=wire, coding=Coding.AUTO)
    assert [len(part) for part in parts.contents] == octets


@given(TEXTS | RICH_TEXTS, st.sampled_from(Wire), st.sampled_from(Coding), st.sampled_from([8, 16]))
def test_the_parts_are_whole_characters_and_join_to_the_text(
    text: str, wire: Wire, coding: Coding, ref_bits: RefBits
) -> None:
    fmt, contents = encode_text_parts(text, 7, wire=wire, coding=coding, ref_bits=ref_bits)
    assert "".join(read(fmt, wire, contents)) == text
    single, each = (160, 160) if wire is Wire.SMPP and fmt == 0 else LIMITS[fmt]
    assert all(len(part) <= (single if len(contents) == 1 else each) for part in contents)


@given(
    RICH_TEXTS,
    st.text(alphabet=st.sampled_from("华a😀"), min_size=1, max_size=12),
    st.sampled_from(["prefix", "suffix"]),
    st.sampled_from(CHINESE),
    st.sampled_from([Coding.UCS2, Coding.GBK]),
    st.sampled_from([8, 16]),
)
def test_parts_have_room_for_the_signature_that_the_carrier_adds(
    text: str, signature: str, place: SignaturePlace, wire: Wire, coding: Coding, ref_bits: RefBits
) -> None:
    mark = f"【{signature}】"
    signed = mark + text if place == "prefix" else text + mark
    whole = encode_text_parts(signed, 7, wire=wire, coding=coding, ref_bits=ref_bits)
    fmt, contents = encode_text_parts(signed, 7, wire=wire, coding=coding, ref_bits=ref_bits, carrier_signature=place)
    assert fmt == whole.fmt, "the signature counts when the alphabet is chosen"
    assert "".join(read(fmt, wire, contents)) == text
    marked = 0 if place == "prefix" else -1
    octets = len(mark.encode("utf-16-be" if fmt == FMT_UCS2 else "gbk"))
    assert len(contents[marked]) + octets <= 140
    assert all(len(part) > (0 if len(contents) == 1 else ref_bits // 8 + 5) for part in contents) or not text


@given(
    st.text(alphabet="中", max_size=450),
    st.text(alphabet="华", min_size=1, max_size=18),
    st.sampled_from(["prefix", "suffix"]),
    st.sampled_from([8, 16]),
)
def test_the_carriers_signature_costs_what_ours_would(
    text: str, signature: str, place: SignaturePlace, ref_bits: RefBits
) -> None:
    signed = f"【{signature}】{text}" if place == "prefix" else f"{text}【{signature}】"
    parts = encode_text_parts(signed, 7, wire=Wire.CMPP, ref_bits=ref_bits, carrier_signature=place)
    assert len(parts.contents) == count_segments(signed, ref_bits)


def test_the_first_or_the_last_part_is_shorter() -> None:
    prefixed = encode_text_parts("【华为云】" + "中" * 100, 1, wire=Wire.CMPP, carrier_signature="prefix")
    assert [len(part) for part in prefixed.contents] == [6 + 2 * 62, 6 + 2 * 38]
    suffixed = encode_text_parts("【华为云】" + "中" * 130, 1, wire=Wire.CMPP, carrier_signature="suffix")
    assert [len(part) for part in suffixed.contents] == [6 + 2 * 67, 6 + 2 * 62, 6 + 2]


def test_a_text_without_a_signature_is_sent_as_it_is() -> None:
    parts = encode_text_parts("中" * 70, 1, wire=Wire.CMPP, carrier_signature="prefix")
    assert [len(part) for part in parts.contents] == [140]


def test_a_signature_longer_than_half_a_part_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="no room"):
        encode_text_parts(f"【{'华' * 32}】中", 1, wire=Wire.CMPP, carrier_signature="prefix")


@pytest.mark.parametrize("place", ["prefix", "suffix"])
def test_half_a_pair_is_refused(place: SignaturePlace) -> None:
    with pytest.raises(LocalProtocolError, match="surrogate"):
        encode_text_parts("【华】\ud83d", 1, wire=Wire.CMPP, carrier_signature=place)


@given(TEXTS)
def test_cutting_a_signature_loses_nothing(text: str) -> None:
    assert sum(map(count_units, cut_signature(f"【华】{text}"))) == 3 + count_units(text)
