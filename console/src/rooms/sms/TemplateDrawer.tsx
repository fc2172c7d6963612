import { Descriptions, Drawer, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { RejectReason } from "@/kit/RejectReason";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { type TemplateDetail, useTemplate } from "@/rooms/sms/queries";
import { TEMPLATE_TONES, useStoryEvents } from "@/rooms/sms/words";

function Details({ detail }: { detail: TemplateDetail }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { template } = detail;
  const { status } = template;
  const edit = may(session, "kooMessage:aimMsgTemplate:update") && (
    <Link to={`/sms-templates/${template.template_id}/edit`}>{t("sms.resubmit")}</Link>
  );
  const variables = (
    <ul style={{ margin: 0, paddingInlineStart: 18 }}>
      {template.variable_attributes.map(({ variable_index: index, variable_type: type, variable_desc: desc }) => (
        <li key={index}>
          <code>{`\${${index}}`}</code> {t(`sms.variable.${type}`)} {desc}
        </li>
      ))}
    </ul>
  );
  const rows = [
    ["id", t("sms.template.id"), template.template_id],
    ["state", t("sms.state"), <StateTag key="state" state={status} tone={TEMPLATE_TONES[status]} text={t(`sms.templateState.${status}`)} isAskedBack={template.is_asked_back} />],
    ["type", t("sms.template.type"), t(`sms.typeName.${template.template_type}`)],
    ["app", t("sms.template.app"), template.app_name],
    ["signature", t("sms.template.signature"), template.signature_name],
    ["content", t("sms.template.content"), <span key="content" className="sms-bubble">{template.template_content}</span>],
    ["variables", t("sms.template.variables"), variables],
    ["desc", t("sms.template.desc"), template.template_desc === "" ? "–" : template.template_desc],
    ["created", t("sms.created"), formatTime(template.created_at, zone)],
  ] as const;
  return (
    // What is longer than its drawer is scrolled by keyboard, too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- nothing else in it takes the focus
    <div className="stack" role="group" aria-label={t("sms.details")} tabIndex={0}>
      {status === "rejected" && template.review_desc !== "" && (
        <RejectReason isAskedBack={template.is_asked_back} reason={template.review_desc} action={edit} />
      )}
      <Descriptions column={1} bordered size="small" items={rows.map(([key, label, children]) => ({ key, label, children }))} />
      <h3>{t("sms.history")}</h3>
      <History events={eventsOf(detail.stories)} zone={zone} />
    </div>
  );
}

/** One template: its text, its variables, what the desk said. */
export function TemplateDrawer({ templateId, close }: { templateId: string | null; close: () => void }) {
  const { data, error, isPending, refetch } = useTemplate(templateId);
  return (
    <Drawer open={templateId !== null} onClose={close} title={data?.template.template_name} size={600}>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && <Details detail={data} />}
    </Drawer>
  );
}
