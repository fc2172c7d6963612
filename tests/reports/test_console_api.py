"""The console's doors of reports and exports in a whole installation."""

import csv
import io
from typing import Any

import pytest

from support.doors import PLAIN_CARD, Company, Console, until

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def console(demo: Company) -> Console:
    """A session of the demo tenant's administrator."""
    return demo.console()


def _refusal(console: Console, method: str, path: str, **more: Any) -> tuple[int, str, str | None]:
    answer = console.ask(method, path, **more)
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("field")


def _made(console: Console, kind: str, **filters: Any) -> dict[str, Any]:
    export = console.act("POST", "/exports", {"kind": kind, "filters": filters})

    def done() -> dict[str, Any] | None:
        found: dict[str, Any] = console.get(f"/exports/{export['id']}")
        return found if found["state"] not in {"waiting", "running"} else None

    found: dict[str, Any] = until("the export is over", done)
    return found


def test_reports_answer_by_day_and_month_and_refuse_wrong_spans(console: Console) -> None:
    daily = console.get("/reports/sends")
    assert set(daily["sums"]) == {"submitted", "capable", "sent", "delivered", "resolved"}
    assert console.get("/reports/sends", by="month")["first"].endswith("-01")
    backwards = {"from": "2026-11-02", "to": "2026-11-01"}
    assert _refusal(console, "GET", "/reports/sends", params=backwards) == (400, "reports.span", "to")
    assert _refusal(console, "GET", "/reports/templates", params=backwards) == (400, "reports.span", "to")
    long = {"from": "2025-01-01", "to": "2026-11-01"}
    assert _refusal(console, "GET", "/reports/sends", params=long) == (400, "reports.span", "to")
    ninety = {"from": "2026-08-01", "to": "2026-10-30"}
    assert _refusal(console, "GET", "/reports/templates", params=ninety) == (400, "reports.span", "to")
    assert console.get("/reports/templates", **{"from": "2026-08-02", "to": "2026-10-30"})["total"] == 0
    assert console.get(f"/reports/templates/{PLAIN_CARD}")["tpl_id"] == PLAIN_CARD


def test_an_export_is_made_and_leaves_as_an_attachment(console: Console) -> None:
    done = _made(console, "audit")
    assert (done["state"], done["rows_done"] > 0) == ("done", True)
    answer = console.ask("GET", f"/exports/{done['id']}/file")
    assert answer.headers["content-disposition"].startswith('attachment; filename="audit.csv"; filename*=UTF-8')
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0][:2], len(rows)) == (["时间", "用户"], done["rows_done"] + 1)
    assert _refusal(console, "POST", f"/exports/{done['id']}/cancel")[:2] == (409, "reports.export_not_open")
    assert _refusal(console, "POST", f"/exports/{done['id']}/retry")[:2] == (409, "reports.export_not_over")


def test_orders_are_refused_at_their_field_and_to_readers(console: Console, demo: Company) -> None:
    wrong = {"kind": "send_report", "filters": {"tpl": "1"}}
    assert _refusal(console, "POST", "/exports", json=wrong) == (400, "reports.export_filter", "filters.tpl")
    assert _refusal(console, "POST", "/exports", json={"kind": "x"}) == (400, "reports.export_kind", "kind")
    nobody = "00000000-0000-4000-8000-000000000000"
    missing = {"kind": "send_messages", "filters": {"task_id": nobody}}
    assert _refusal(console, "POST", "/exports", json=missing)[0] == 404
    assert _refusal(console, "GET", f"/exports/{nobody}/file")[:2] == (404, "reports.export_not_found")
    reader = Console(demo.url, demo.user.replace("/admin", "/reader"), demo.password)
    assert "send_messages" not in reader.get("/exports/kinds")["items"]
    assert _refusal(reader, "POST", "/exports", json=missing)[0] == 403
    assert _made(reader, "send_tasks")["state"] == "done"
