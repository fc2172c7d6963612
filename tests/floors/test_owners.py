import pytest

from checks.owners import check_jobs, check_subjects, check_tables, table_owners

ROOMS = "src/hongyan/rooms"
TWO_ROOMS = {
    f"{ROOMS}/sms/tables.py": 'apps = Table("sms_apps", metadata)\n',
    f"{ROOMS}/sms/store.py": 'Q = text("select id from sms_apps")\n',
    f"{ROOMS}/delivery/tables/ledger.py": 'messages = sa.Table("delivery_messages", metadata)\n',
    f"{ROOMS}/delivery/store/claims.py": 'Q = f"COPY delivery_messages_{day} FROM STDIN"\n',
    "src/hongyan/kernel/jobs/tables.py": 'locks = Table("kernel_locks", metadata)\n',
    "src/hongyan/kernel/db/migrations/0001_x.py": 'op.execute("update sms_apps set state = 1")\nTable("other", m)\n',
}


def test_tables_know_their_owner(planted, tmp_path) -> None:
    assert planted(check_tables, TWO_ROOMS) == []
    assert table_owners(tmp_path) == {"sms_apps": "sms", "delivery_messages": "delivery", "kernel_locks": "kernel"}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("rooms/sms/tables.py", 'Table("apps", metadata)', "does not begin with its owner's name, sms_"),
        ("rooms/sms/store.py", 'Table("sms_more", metadata)', "declared outside tables.py"),
        ("run/web.py", 'Table("run_x", metadata)', "declared outside a room"),
        ("rooms/delivery/store.py", 'Q = "SELECT 1 FROM sms_apps"', "SQL about sms_apps outside sms's store"),
        ("rooms/delivery/store.py", 'Q = f"UPDATE {x} JOIN sms_apps"', "SQL about sms_apps outside sms's store"),
        ("rooms/sms/service.py", 'Q = "delete from only sms_apps"', "SQL about sms_apps outside sms's store"),
        ("run/doctor.py", 'Q = "select count(*) from delivery_messages"', "outside delivery's store"),
    ],
)
def test_a_foreign_table_is_found(planted, path: str, text: str, expected: str) -> None:
    findings = planted(check_tables, TWO_ROOMS | {f"src/hongyan/{path}": text})
    assert len(findings) == 1, findings
    assert expected in findings[0]


def test_prose_is_not_sql(planted) -> None:
    prose = {f"{ROOMS}/delivery/rules.py": '"""Nothing is read from sms_apps here."""\nX = "sms_apps"\n'}
    assert planted(check_tables, TWO_ROOMS | prose) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"rooms/sms/contracts.py": 'SUBJECT_STATE = "sms.state"\nSUBJECT_COUNT = 3'}, []),
        ({"rooms/sms/store.py": 'BY_SUBJECT = "select id from sms_apps"'}, []),
        ({"kernel/bus/hints.py": 'WAKE_SUBJECT: Final = "hongyan.kernel.wake"'}, []),
        ({"rooms/sms/contracts.py": 'SUBJECT_STATE = "delivery.state"'}, ["does not begin with its owner's name"]),
        (
            {"rooms/sms/contracts.py": 'SUBJECT_A = "sms.a"', "rooms/sms/jobs.py": 'SUBJECT_B = "sms.a"'},
            ["is also defined in src/hongyan/rooms/sms/contracts.py"],
        ),
    ],
)
def test_a_subject_has_one_owner(planted, files: dict[str, str], expected: list[str]) -> None:
    findings = planted(check_subjects, {f"src/hongyan/{path}": text for path, text in files.items()})
    assert [any(text in finding for finding in findings) for text in expected] == [True] * len(expected)
    assert len(findings) == len(expected)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("sms/jobs.py", 'jobs.handler("sms.review_decided")(f)\nmark.handler(3)\njobs.handler("x")', []),
        ("sms/jobs.py", '@jobs.periodic("delivery.sweep", "* * * * *")\nasync def f(): ...', ["is handled by sms"]),
        ("sms/service.py", 'jobs.handler("sms.plan")(f)', ["is handled outside jobs.py"]),
    ],
)
def test_a_job_is_handled_at_home(planted, path: str, text: str, expected: list[str]) -> None:
    findings = planted(check_jobs, {f"{ROOMS}/{path}": text})
    assert [part in finding for part, finding in zip(expected, findings, strict=True)] == [True] * len(expected)
