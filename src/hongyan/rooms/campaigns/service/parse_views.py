"""What people see of 号码解析 on the send form: single recipients as they will be, and downloads."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from hongyan.kernel.phones import Phone, national_form
from hongyan.rooms.audience.contracts import IssueReason, NumberFile, RecipientBlock
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns.contracts import Content, Parse, RecipientFlag
from hongyan.rooms.campaigns.errors import RowMissing
from hongyan.rooms.campaigns.service.admission import variable_specs
from hongyan.rooms.campaigns.service.columns import map_columns
from hongyan.rooms.rendering.service import CompiledTemplate
from hongyan.rooms.sms.service.door import SmsService

SAMPLE_CODE: Final = "AbC123"
"""Stands for the code of a link in what is shown and counted; real ones are as long."""
_FLAGS: Final = {
    "capable": RecipientFlag.CAPABLE,
    "incapable": RecipientFlag.INCAPABLE,
    "invalid": RecipientFlag.WRONG_VALUE,
    "opted_out": RecipientFlag.OPTED_OUT,
}
_FILE_REASONS: Final = {
    "invalid": (IssueReason.EMPTY, IssueReason.INVALID),
    "opted_out": (IssueReason.OPTED_OUT,),
}


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One recipient as it will be."""

    number: int
    """From 0, among the recipients."""
    phone: Phone
    flag: RecipientFlag
    values: tuple[tuple[str, str], ...]
    """Columns of the file and what they hold."""
    card_values: Mapping[str, str]
    text: str
    parts: int
    plain_text: str
    """The same without the link: 基础版 without a video template."""
    plain_parts: int


class ParseViews:
    """Reads blocks and flags; writes nothing."""

    def __init__(self, *, audience: AudienceService, sms: SmsService) -> None:
        """Read what ``audience`` keeps."""
        self._audience = audience
        self._sms = sms

    async def row(self, parse: Parse, file: NumberFile, number: int) -> ParsedRow:
        """Return one recipient as it will be.

        Raises:
            RowMissing: there are not so many recipients, or it has not been looked at yet.
        """
        first = 0
        for block_no, size in enumerate(parse.block_sizes):
            if first <= number < first + size:
                block = await self._audience.read_block(file.file_id, block_no)
                flags = await self._audience.read_flags(parse.id, block_no)
                return _row(parse, file, block, number - first, RecipientFlag(flags[number - first]), number)
            first += size
        raise RowMissing("number", number=number + 1, total=first)

    async def csv(self, parse: Parse, file: NumberFile, kind: str) -> AsyncIterator[bytes]:
        """Yield a csv of ``capable``, ``incapable``, ``opted_out`` or ``invalid`` recipients, block by block.

        The last two begin with the rows of the file that gave no recipient; the columns are row, number, reason, code.
        """
        reasons = _FILE_REASONS.get(kind)
        if reasons is None:
            yield "\ufeff手机号码\r\n".encode()
        else:
            async for piece in self._audience.invalid_csv(file, reasons):
                yield piece
        check = self._sms.compile_check(variable_specs(parse.content))
        columns = map_columns(parse.content, file.columns)
        for block_no in range(len(parse.block_sizes)):
            block = await self._audience.read_block(file.file_id, block_no)
            flags = await self._audience.read_flags(parse.id, block_no)
            lines = []
            for i, flag in enumerate(flags):
                if flag != _FLAGS[kind]:
                    continue
                phone = national_form(block.phones[i])
                if kind == "invalid":
                    problem = check([block.columns[position][i] for position in columns.sms])
                    why = f"变量{problem.index} {problem.reason_zh}" if problem else ""
                    lines.append(f",{phone},{why},wrong_value\r\n")
                else:
                    lines.append(f"{phone}\r\n" if reasons is None else f",{phone},已退订,opted_out\r\n")
            yield "".join(lines).encode()


def compiled(content: Content) -> CompiledTemplate:
    """Return the SMS template ready to be filled."""
    return CompiledTemplate(content.sms_text, link_index=content.link_index, signature=content.signature_name)


def _row(
    parse: Parse, file: NumberFile, block: RecipientBlock, index: int, flag: RecipientFlag, number: int
) -> ParsedRow:
    columns = map_columns(parse.content, file.columns)
    values = block.params(index)
    template = compiled(parse.content)
    sms = [values[position] for position in columns.sms]
    text, parts = template.render(sms, f"{parse.domain}/{SAMPLE_CODE}")
    plain, plain_parts = template.render(sms, None)
    return ParsedRow(
        number=number,
        phone=block.phones[index],
        flag=flag,
        values=tuple(zip(file.columns, values, strict=True)),
        card_values={name: values[position] for name, position in columns.card},
        text=text,
        parts=parts,
        plain_text=plain,
        plain_parts=plain_parts,
    )
