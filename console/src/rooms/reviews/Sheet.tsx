import { Card, Checkbox, Empty, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import { compare } from "@/rooms/reviews/diff";
import { type ReviewDetail, useGuide } from "@/rooms/reviews/queries";
import { beside, type ComparedRow, liveOf, rowsOf, type SheetRow } from "@/rooms/reviews/sheet";
import { useSheetText } from "@/rooms/reviews/words";

const COLOURS = { same: undefined, changed: "warning", added: "success", removed: "error" } as const;

/** 提交的资料: what was submitted, beside what was decided last. */
export function Sheet({ review, zone }: { review: ReviewDetail; zone: string }) {
  const { t } = useTranslation();
  const [isShort, setShort] = useState(false);
  const words = useSheetText(review.kind, useGuide(review.kind));
  const { previous } = review;
  const live = liveOf(review.snapshot);
  const old = previous?.snapshot ?? live;
  const rows = beside(rowsOf(review.snapshot), old === undefined ? [] : rowsOf(old));
  const isCompared = old !== undefined;
  const shown = isCompared && isShort ? rows.filter(({ change }) => change !== "same") : rows;

  function textOf(row: SheetRow | undefined): string {
    if (row === undefined) {
      return "–";
    }
    return row.isFile && row.text === "" ? t("reviews.sheet.file") : words.value(row.field, row.text);
  }

  function label(row: ComparedRow): string {
    const name = words.field(row.field);
    return row.places.length === 0 ? name : `${name} ${row.places.join(".")}`;
  }

  function marked(row: ComparedRow, side: "now" | "before") {
    const [before, now] = [textOf(row.before), textOf(row.now)];
    if (row.change !== "changed" || before === now) {
      return side === "now" ? now : before;
    }
    const pieces = compare(before, now).filter(({ kind }) => kind !== (side === "now" ? "removed" : "added"));
    return pieces.map(({ kind, text }, index) =>
      kind === "same" ? <span key={index}>{text}</span> : kind === "added" ? <ins key={index}>{text}</ins> : <del key={index}>{text}</del>,
    );
  }

  const olderTitle =
    previous === null
      ? t("reviews.sheet.live")
      : t("reviews.sheet.before", {
          state: previous.is_asked_back ? t("reviews.state.asked_back") : t(`reviewState.${previous.state}`),
          at: formatTime(previous.decided_at, zone),
        });
  return (
    <Card
      title={t("review.snapshot")}
      extra={
        isCompared && (
          <Checkbox checked={isShort} onChange={({ target }) => setShort(target.checked)}>
            {t("reviews.sheet.changesOnly")}
          </Checkbox>
        )
      }
      styles={{ body: { padding: 0 } }}
    >
      {shown.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("reviews.sheet.noChange")} />
      ) : (
        <div className="review-sheet">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("reviews.sheet.field")}</th>
                <th scope="col">{t("reviews.sheet.now")}</th>
                {isCompared && <th scope="col">{olderTitle}</th>}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.key} data-field={row.field} data-change={isCompared ? row.change : undefined}>
                  <th scope="row">
                    {label(row)}{" "}
                    {isCompared && row.change !== "same" && <Tag color={COLOURS[row.change]}>{t(`reviews.change.${row.change}`)}</Tag>}
                  </th>
                  <td>{marked(row, "now")}</td>
                  {isCompared && <td>{marked(row, "before")}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {previous !== null && previous.reason !== "" && (
        <p className="faint" style={{ padding: "0 16px" }}>
          {t("reviews.sheet.beforeReason", { by: previous.decided_by, reason: previous.reason })}
        </p>
      )}
    </Card>
  );
}
