from telcowire.smpp.statuses import STATUS_NAMES, status_name


def test_statuses_have_names() -> None:
    assert status_name(0x58) == "throttled (0x58)"
    assert status_name(0x411) == "vendor status (0x411)"
    assert status_name(0x3F) == "reserved status (0x3f)"
    assert len(set(STATUS_NAMES.values())) == len(STATUS_NAMES)
