import { Alert, Card, Checkbox, Descriptions, Form, Input, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import { acts, type Route, useNumbers } from "@/rooms/carriers/queries";
import { SignaturePicker } from "@/rooms/carriers/SignaturePicker";

interface Values {
  phone: string;
  signature?: string;
  is_media?: boolean;
}

const PICKED = 100;

/** 路由试算: which channel takes a number, and why not the others. */
export function RouteDryRun() {
  const { t, i18n } = useTranslation();
  const [route, setRoute] = useState<Route | null>(null);
  const { data } = useNumbers({ waiting: false, limit: PICKED });
  const carrierOf = (carrier: Route["segment_carrier"]) => (carrier === null ? "–" : t(`carriers.of.${carrier}`));
  return (
    <Card title={<h2 style={{ margin: 0, fontSize: 16 }}>{t("carriers.route.title")}</h2>} data-card="route">
      <p className="faint">{t("carriers.route.note")}</p>
      <ServerForm<Values, Route>
        name="route"
        guard={false}
        submit={({ phone, signature = "", is_media = false }) =>
          acts.route({ phone, signature: signature.trim() === "" ? null : signature.trim(), is_media })
        }
        onDone={setRoute}
        submitText={t("carriers.route.ask")}
      >
        <div style={{ display: "flex", flexWrap: "wrap", gap: "0 16px" }}>
          <Form.Item name="phone" label={t("carriers.route.phone")} rules={[{ required: true, message: t("carriers.required") }]}>
            <Input inputMode="tel" maxLength={40} style={{ width: 200 }} />
          </Form.Item>
          <Form.Item name="signature" label={t("carriers.route.signature")} extra={t("carriers.route.signatureHint")}>
            <SignaturePicker rows={data?.items ?? []} />
          </Form.Item>
          <Form.Item name="is_media" valuePropName="checked" label=" " colon={false}>
            <Checkbox>{t("carriers.route.media")}</Checkbox>
          </Form.Item>
        </div>
      </ServerForm>
      {route !== null && (
        <div data-route style={{ marginTop: 16 }}>
          <Alert
            type={route.chosen === null ? "warning" : "success"}
            showIcon
            title={
              route.chosen === null
                ? t("carriers.route.nobody")
                : t("carriers.route.chosen", { name: route.chosen, src: route.src_id ?? "" })
            }
          />
          <Descriptions
            size="small"
            style={{ marginBlock: 12 }}
            items={[
              { key: "segment", label: t("carriers.route.segment"), children: carrierOf(route.segment_carrier) },
              { key: "ported", label: t("carriers.route.ported"), children: carrierOf(route.ported_carrier) },
              { key: "number", label: t("carriers.numbers.number"), children: route.channel_number ?? "–" },
            ]}
          />
          <Table<Route["channels"][number]>
            rowKey="name"
            size="small"
            pagination={false}
            scroll={{ x: 520 }}
            dataSource={route.channels}
            columns={[
              { key: "name", title: t("carriers.name"), width: 140, dataIndex: "name" },
              { key: "why", title: t("carriers.route.why"), render: (_, one) => (i18n.language.startsWith("zh") ? one.zh : one.en) },
              { key: "share", title: t("carriers.route.share"), width: 90, align: "right", render: (_, one) => `${one.share_percent}%` },
            ]}
          />
        </div>
      )}
    </Card>
  );
}
