import { Card, Descriptions, Typography } from "antd";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import type { SendTask } from "@/rooms/campaigns/sendTask";

const VARIABLE = /(\$\{\d+\})/;

/** An SMS as a phone shows it, its variables marked. */
function SmsText({ task }: { task: SendTask }) {
  const parts = `【${task.signature_name}】${task.sms_text}`.split(VARIABLE);
  return (
    <div className="sms-bubble">
      {parts.map((part, index) => (
        // The parts of one text never change their places.
        <Fragment key={index}>{VARIABLE.test(part) ? <span className="sms-variable">{part}</span> : part}</Fragment>
      ))}
    </div>
  );
}

/** What the task sends, as it was frozen when the task was accepted. */
export function TaskContent({ task, zone }: { task: SendTask; zone: string }) {
  const { t } = useTranslation();
  const items = [
    { key: "template", label: t("task.template"), children: `${task.card_template_name} (${task.card_template_id})` },
    { key: "signature", label: t("task.signature"), children: task.signature_name },
    { key: "app", label: t("task.app"), children: task.app_name },
    { key: "channel", label: t("task.channel"), children: task.channel_number || "–" },
    { key: "domain", label: t("task.domain"), children: task.domain },
    { key: "validity", label: t("task.validity"), children: t("task.validityDays", { days: task.validity_days }) },
    { key: "jump", label: t("task.jump"), children: task.jump_url ?? t("task.jumpNone") },
    { key: "sendAt", label: t("task.sendAt"), children: formatTime(task.send_at, zone) },
    { key: "created", label: t("task.created"), children: `${formatTime(task.created_at, zone)} · ${task.created_by}` },
    {
      key: "id",
      label: t("task.id"),
      children: (
        <Typography.Text className="mono" copyable>
          {task.task_id}
        </Typography.Text>
      ),
    },
    {
      key: "sms",
      label: t("task.smsText"),
      span: "filled" as const,
      children: <SmsText task={task} />,
    },
  ];
  return (
    <Card title={t("task.content")}>
      <Descriptions colon={false} column={{ xs: 1, md: 2 }} items={items} styles={{ label: { minWidth: 112 } }} />
    </Card>
  );
}
