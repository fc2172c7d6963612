import { Alert, Button, Card, InputNumber, Select, Space, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { PhonePreview } from "@/kit/PhonePreview";
import { cardUrl, useCard, useContent, useParsedRow } from "@/rooms/campaigns/send/queries";
import type { Parse, ParsedRow, SendValues, Vendor } from "@/rooms/campaigns/send/values";

const PLAIN = "plain";
type Phone = Vendor | typeof PLAIN;
const CARD_PX = 480;
const LINK = /[^\s]+\/AbC123/;

function usePhones(card: string | undefined): Vendor[] {
  const chosen = useCard(card).data;
  return (chosen?.vendors ?? []).filter(({ is_enabled: isEnabled }) => isEnabled).map(({ vendor }) => vendor);
}

/** What a recipient gets: nothing, a text, or a video message in its place. */
function textFor(row: ParsedRow, values: Partial<SendValues>): { text: string; note?: "nothing" | "video" | "left" } {
  if (row.flag === "capable") {
    return { text: row.text };
  }
  if (row.flag !== "incapable") {
    return { text: "", note: "left" };
  }
  switch (values.fallback) {
    case "sms":
      return { text: row.text };
    case "basic":
      return values.basic_template_id === undefined ? { text: row.plain_text } : { text: "", note: "video" };
    default:
      return { text: "", note: "nothing" };
  }
}

function RowStepper({ total, at, go, row }: { total: number; at: number; go: (at: number) => void; row: ParsedRow | undefined }) {
  const { t } = useTranslation();
  return (
    <Space wrap style={{ justifyContent: "center" }}>
      <Button size="small" disabled={at === 0} onClick={() => go(at - 1)}>
        {t("campaigns.send.rowBefore")}
      </Button>
      <InputNumber
        size="small"
        min={1}
        max={total}
        precision={0}
        value={at + 1}
        aria-label={t("campaigns.send.row")}
        style={{ width: 96 }}
        onChange={(next) => next !== null && go(Math.min(Math.max(next, 1), total) - 1)}
      />
      <Button size="small" disabled={at + 1 >= total} onClick={() => go(at + 1)}>
        {t("campaigns.send.rowAfter")}
      </Button>
      {row !== undefined && (
        <span data-row={row.number}>
          {row.phone_masked}{" "}
          <Tag color={row.flag === "capable" ? "success" : "default"}>{t(`campaigns.flag.${row.flag as "capable"}`)}</Tag>
        </span>
      )}
    </Space>
  );
}

interface PreviewProps {
  values: Partial<SendValues>;
  /** Ready and about what is chosen now. */
  parse: Parse | undefined;
}

/** 效果预览: what a phone of a kind shows, with the values of a recipient where there are some. */
export function Preview({ values, parse }: PreviewProps) {
  const { t } = useTranslation();
  const { card_template_id: card, sms_template_id: sms, domain } = values;
  const phones = usePhones(card);
  const [wanted, setWanted] = useState<Phone>("HUAWEI");
  const [wantedRow, setRow] = useState(0);
  const total = parse?.done ?? 0;
  const at = Math.min(wantedRow, Math.max(total - 1, 0));
  const row = useParsedRow(total > 0 ? parse?.parse_id : undefined, at).data;
  const content = useContent(card, sms, domain).data;
  const phone: Phone = wanted === PLAIN || phones.includes(wanted) ? wanted : (phones[0] ?? PLAIN);
  const isRow = parse !== undefined && row !== undefined && total > 0;
  const shown = isRow ? textFor(row, values) : { text: content?.example_text ?? "" };
  const link = LINK.exec(shown.text)?.[0];
  const hasCard = phone !== PLAIN && card !== undefined && (!isRow || row.flag === "capable");
  const src = hasCard ? cardUrl(isRow ? { parseId: parse.parse_id, number: row.number } : { card }, phone) : undefined;
  return (
    <Card title={t("campaigns.send.preview")} data-preview>
      <Space orientation="vertical" align="center" style={{ width: "100%" }}>
        <Select<Phone>
          value={phone}
          aria-label={t("campaigns.send.phoneKind")}
          style={{ width: 220 }}
          options={[
            ...phones.map((vendor) => ({ value: vendor, label: t("campaigns.send.phoneOf", { vendor: t(`campaigns.vendor.${vendor}`) }) })),
            { value: PLAIN, label: t("campaigns.send.phonePlain") },
          ]}
          onChange={setWanted}
        />
        {total > 0 && <RowStepper total={total} at={at} go={setRow} row={row} />}
        {"note" in shown && shown.note !== undefined && <Alert type="info" showIcon title={t(`campaigns.send.gets.${shown.note}`)} />}
        <PhonePreview
          text={shown.text}
          link={link}
          card={
            src === undefined ? undefined : (
              <iframe
                key={src}
                src={src}
                sandbox=""
                title={t("campaigns.send.cardFrame")}
                style={{ display: "block", width: "100%", height: CARD_PX, border: 0 }}
              />
            )
          }
        />
        <small className="faint">{t(isRow ? "campaigns.send.previewRow" : "campaigns.send.previewExample")}</small>
      </Space>
    </Card>
  );
}
