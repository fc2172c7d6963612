import { Alert, Descriptions, Drawer, QRCode, Skeleton, Table, Typography } from "antd";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { RejectReason } from "@/kit/RejectReason";
import { StateTag } from "@/kit/StateTag";
import { isAskedBack } from "@/kit/stories";
import { Trouble } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";
import { CardPhone } from "@/rooms/smart/CardPhone";
import { publicFrameUrl, usePublicCard } from "@/rooms/smart/publicQueries";
import { type CardTemplateDetail, useCardTemplate } from "@/rooms/smart/queries";
import { VendorTags } from "@/rooms/smart/VendorTags";
import { AUDIT_TONES, useLayoutName } from "@/rooms/smart/words";
import { useStoryEvents } from "@/rooms/sms/words";

const QR_PX = 132;

function Params({ detail }: { detail: CardTemplateDetail }) {
  const { t } = useTranslation();
  return (
    <Table
      size="small"
      pagination={false}
      rowKey="name"
      dataSource={detail.params}
      columns={[
        { key: "name", title: t("smart.param.name"), render: (_, { name }) => <code>{`\${${name}}`}</code> },
        { key: "example", title: t("smart.param.example"), dataIndex: "example" },
        { key: "length", title: t("smart.param.length"), dataIndex: "max_length", width: 100 },
      ]}
    />
  );
}

function Taps({ detail }: { detail: CardTemplateDetail }) {
  const { t } = useTranslation();
  return (
    <Table
      size="small"
      pagination={false}
      rowKey={({ page, position }) => `${page}/${position}`}
      dataSource={detail.taps}
      columns={[
        { key: "what", title: t("smart.tap.what"), render: (_, { kind, text }) => (text === "" ? t(`smart.element.${kind}`) : text) },
        { key: "action", title: t("smart.tap.action"), width: 120, render: (_, { action }) => t(`smart.action.${action}`) },
        { key: "target", title: t("smart.tap.target"), render: (_, { target }) => <span style={{ overflowWrap: "anywhere" }}>{target === "" ? "–" : target}</span> },
      ]}
    />
  );
}

function Facts({ detail }: { detail: CardTemplateDetail }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const layoutOf = useLayoutName();
  const { template } = detail;
  const audit = template.audit_state;
  const rows = [
    ["id", t("smart.id"), <Typography.Text key="id" copyable className="mono">{template.tpl_id}</Typography.Text>],
    ["audit", t("smart.audit"), <StateTag key="audit" state={audit} tone={AUDIT_TONES[audit]} text={t(`smart.auditState.${audit}`)} isAskedBack={template.is_asked_back} />],
    ["state", t("smart.state"), <StateTag key="state" state={template.is_enabled ? "enabled" : "disabled"} tone={template.is_enabled ? "good" : "left"} text={t(template.is_enabled ? "smart.on" : "smart.off")} />],
    ["vendors", t("smart.vendors"), <VendorTags key="vendors" vendors={template.vendors} />],
    ["layout", t("smart.layoutName"), layoutOf(template.card_id)],
    ["scene", t("smart.scene"), template.scene === "" ? "–" : template.scene],
    ...(template.use === null ? [] : [["use", t("smart.use"), t(`smart.useName.${template.use}`)] as const]),
    ...(detail.sms_signs.length === 0 ? [] : [["signs", t("smart.signs"), detail.sms_signs.join(" / ")] as const]),
    ...(detail.sms_example === "" ? [] : [["example", t("smart.smsExample"), detail.sms_example] as const]),
    ["created", t("sms.created"), formatTime(template.created_at, zone)],
    ["updated", t("smart.updated"), formatTime(template.updated_at, zone)],
  ] as const;
  return <Descriptions column={1} bordered size="small" items={rows.map(([key, label, children]) => ({ key, label, children }))} />;
}

function Details({ detail, frameUrl }: { detail: CardTemplateDetail; frameUrl?: typeof publicFrameUrl }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { template } = detail;
  return (
    <div className="smart-details">
      <div className="stack">
        <CardPhone key={template.tpl_id} tplId={template.tpl_id} vendors={template.vendors} frameUrl={frameUrl} />
        <figure className="smart-qr">
          <QRCode value={detail.preview_url} size={QR_PX} type="svg" aria-label={t("smart.qr")} />
          <figcaption className="faint">{t("smart.qr")}</figcaption>
          <Typography.Link href={detail.preview_url} target="_blank" rel="noreferrer">
            {t("smart.previewPage")}
          </Typography.Link>
        </figure>
      </div>
      <div className="stack">
        {template.audit_state === "failed" && template.audit_desc !== "" && <RejectReason isAskedBack={isAskedBack(detail.stories)} reason={template.audit_desc} />}
        {!template.is_enabled && (
          <Alert
            type="warning"
            showIcon
            title={t("smart.isOff", { at: formatTime(template.disabled_at, zone) })}
            description={template.disable_desc === "" ? undefined : template.disable_desc}
          />
        )}
        <Facts detail={detail} />
        {detail.params.length > 0 && (
          <>
            <h3>{t("smart.params")}</h3>
            <Params detail={detail} />
          </>
        )}
        {detail.taps.length > 0 && (
          <>
            <h3>{t("smart.taps")}</h3>
            <Taps detail={detail} />
          </>
        )}
        {!template.is_public && (
          <>
            <h3>{t("sms.history")}</h3>
            <History events={eventsOf(detail.stories)} zone={zone} />
          </>
        )}
      </div>
    </div>
  );
}

interface DrawerProps {
  tplId: string | null;
  close: () => void;
}

/** One template: the card on a phone, what it needs and does, what desk and vendors said. */
export function CardTemplateDrawer({ tplId, close }: DrawerProps) {
  const { data, error, isPending, refetch } = useCardTemplate(tplId);
  return (
    <Drawer open={tplId !== null} onClose={close} title={data?.template.tpl_name} size={960} destroyOnHidden>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && <Details detail={data} />}
    </Drawer>
  );
}

/** The same of a public template, for the platform's operators. */
export function PublicCardDrawer({ tplId, close }: DrawerProps) {
  const { data, error, isPending, refetch } = usePublicCard(tplId);
  return (
    <Drawer open={tplId !== null} onClose={close} title={data?.row.template.tpl_name} size={960} destroyOnHidden>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && <Details detail={data.detail} frameUrl={publicFrameUrl} />}
    </Drawer>
  );
}
