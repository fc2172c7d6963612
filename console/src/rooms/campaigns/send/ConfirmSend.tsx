import { Alert, Descriptions, Modal } from "antd";
import { useTranslation } from "react-i18next";

import { formatCount, formatTime } from "@/kit/format";
import { Estimate } from "@/rooms/campaigns/send/ParsePanel";
import { useContent, useSendables } from "@/rooms/campaigns/send/queries";
import { MAX_DAYS, type Parse, sendAtOf, type SendValues, submittedOf } from "@/rooms/campaigns/send/values";
import { useSignedIn } from "@/rooms/identity/session";

interface ConfirmSendProps {
  values: SendValues;
  parse: Parse;
  isPending: boolean;
  send: () => void;
  close: () => void;
}

/** 发送信息确认: what goes to how many, when, and what it takes. */
export function ConfirmSend({ values, parse, isPending, send, close }: ConfirmSendProps) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const sendable = useSendables().data?.items.find((row) => row.template_id === values.sms_template_id);
  const content = useContent(values.card_template_id, values.sms_template_id, values.domain).data;
  const count = submittedOf(parse, values.fallback);
  const days = values.validity === "week" ? MAX_DAYS : values.validity_days;
  const sendAt = sendAtOf(values, zone);
  const when = sendAt === null ? t("campaigns.send.whenNow") : formatTime(sendAt, zone);
  const items = [
    { key: "name", label: t("campaigns.send.name"), children: values.name },
    { key: "count", label: t("task.parseSubmitted"), children: <strong data-confirm-count>{formatCount(count)}</strong> },
    {
      key: "fallback",
      label: t("campaigns.send.fallback"),
      children: t("campaigns.send.confirmFallback", { numbers: formatCount(parse.counts.incapable), what: t(`fallback.${values.fallback}`) }),
    },
    { key: "text", label: t("task.smsText"), children: content?.example_text ?? "" },
    { key: "signature", label: t("campaigns.send.signature"), children: sendable?.signature_name },
    { key: "domain", label: t("campaigns.send.domain"), children: t("campaigns.send.confirmDomain", { domain: values.domain, days }) },
    { key: "when", label: t("campaigns.send.when"), children: when },
    { key: "estimate", label: t("campaigns.send.estimate"), children: <Estimate parse={parse} values={values} /> },
  ].filter(({ key }) => key !== "fallback" || parse.counts.incapable > 0);
  return (
    <Modal
      open
      title={t("campaigns.send.confirmTitle")}
      width={640}
      okText={t("campaigns.send.confirm")}
      cancelText={t("action.back")}
      okButtonProps={{ loading: isPending }}
      cancelButtonProps={{ disabled: isPending }}
      closable={!isPending}
      mask={{ closable: false }}
      onOk={send}
      onCancel={close}
    >
      <Descriptions column={1} size="small" bordered items={items} style={{ marginBottom: 16 }} />
      {values.is_trial && <Alert type="info" showIcon title={t("campaigns.send.confirmTrial")} style={{ marginBottom: 8 }} />}
      {content?.is_promotion === true && (
        <Alert
          type="info"
          showIcon
          title={t("campaigns.send.promotion", { from: content.promotion_from, until: content.promotion_until })}
          style={{ marginBottom: 8 }}
        />
      )}
      <Alert type="warning" showIcon title={t("campaigns.send.confirmNote")} />
    </Modal>
  );
}
