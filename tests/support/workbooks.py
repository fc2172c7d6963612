"""Writes spreadsheets cell by cell, with whatever a real one may hold."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

Cell = str | int | float | None


def sheet(rows: list[list[Cell]], *, first_row: int = 1, first_column: str = "A", tail: str = "") -> str:
    """Return a worksheet; texts are inline, numbers are numbers, ``None`` is no cell, ``=1+1|2`` a formula with its value."""
    xml = []
    for row_no, row in enumerate(rows, first_row):
        cells = "".join(_cell(f"{chr(ord(first_column) + at)}{row_no}", value) for at, value in enumerate(row))
        xml.append(f'<row r="{row_no}">{cells}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(xml)}</sheetData>{tail}</worksheet>'


def workbook(sheets: Mapping[str, str]) -> bytes:
    """Return an xlsx of worksheets by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_RELS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        entries = "".join(
            f'<sheet name="{escape(name)}" sheetId="{no}" r:id="rId{no}"/>' for no, name in enumerate(sheets, 1)
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="rId{no}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{no}.xml"/>'
            for no in range(1, len(sheets) + 1)
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_RELS}">{links}</Relationships>')
        for no, xml in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{no}.xml", xml)
    return buffer.getvalue()


def bomb() -> bytes:
    """Return a small file whose two cells span every cell that a sheet can have."""
    corners = '<row r="1"><c r="A1"><v>13800138000</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return workbook({"Sheet1": f'<worksheet xmlns="{_MAIN}"><sheetData>{corners}</sheetData></worksheet>'})


def _cell(reference: str, value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith("="):
        formula, _, saved = value[1:].partition("|")
        kind = "" if saved.replace(".", "").isdigit() else ' t="str"'
        return f'<c r="{reference}"{kind}><f>{escape(formula)}</f>{f"<v>{escape(saved)}</v>" if saved else ""}</c>'
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{reference}"><v>{value!r}</v></c>'
