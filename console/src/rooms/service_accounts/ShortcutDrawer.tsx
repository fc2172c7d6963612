import { Alert, Descriptions, Drawer, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { FileList } from "@/kit/FileList";
import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { RejectReason } from "@/kit/RejectReason";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { ApprovalTag } from "@/rooms/service_accounts/ApprovalTag";
import { SaidAt } from "@/rooms/service_accounts/SaidAt";
import { ShortcutActions } from "@/rooms/service_accounts/ShortcutActions";
import { shortcutValues } from "@/rooms/service_accounts/shortcutForm";
import { ShortcutPhone } from "@/rooms/service_accounts/ShortcutPhone";
import { type ShortcutSheet, useShortcut } from "@/rooms/service_accounts/shortcutQueries";
import { STATE_TONES, useStoryEvents } from "@/rooms/service_accounts/words";

function Details({ sheet }: { sheet: ShortcutSheet }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { shortcut, live, draft, stories, reasons } = sheet;
  const form = draft ?? live;
  if (form === null) {
    return null;
  }
  const values = shortcutValues(form, session.tenant?.id ?? "", t("service_accounts.port.proof"));
  const comma = t("service_accounts.comma");
  const rows = [
    { key: "state", label: t("service_accounts.state"), children: <StateTag state={shortcut.state} tone={STATE_TONES[shortcut.state]} text={t(`service_accounts.stateName.${shortcut.state}`)} /> },
    { key: "approval", label: t("service_accounts.approval"), children: <ApprovalTag of={shortcut} /> },
    { key: "sign", label: t("service_accounts.shortcut.sign"), children: <>{values.sign}<SaidAt field="sign" reasons={reasons} /></> },
    { key: "areas", label: t("service_accounts.areas"), children: <>{(values.areas ?? []).join(comma)}<SaidAt field="areas" reasons={reasons} /></> },
    {
      key: "proof",
      label: t("service_accounts.port.proof"),
      children: (
        <>
          <FileList files={values.authorization_files ?? []} />
          <SaidAt field="authorization_files" reasons={reasons} />
        </>
      ),
    },
    ...values.keys.map(({ name, action_type: action, content, ext_msg: ext }, index) => ({
      key: `key-${index}`,
      label: t("service_accounts.shortcut.keyOf", { number: index + 1 }),
      children: (
        <>
          <strong>{name}</strong> · {t(`service_accounts.action.${action}`)}
          <div className="mono">{content}</div>
          {action === "OPEN_URL" && (
            <small className="faint">
              {ext?.web_title} · {t(ext?.open_in_browser === true ? "service_accounts.shortcut.outside" : "service_accounts.shortcut.inside")}
            </small>
          )}
          {index === 0 && <SaidAt field="keys" reasons={reasons} />}
        </>
      ),
    })),
    ...(shortcut.change_reason === "" ? [] : [{ key: "why", label: t("service_accounts.reason"), children: shortcut.change_reason }]),
    { key: "creator", label: t("service_accounts.creator"), children: shortcut.creator },
    { key: "online", label: t("service_accounts.online"), children: formatTime(shortcut.online_at, zone) },
    { key: "created", label: t("service_accounts.created"), children: formatTime(shortcut.created_at, zone) },
  ];
  return (
    <div className="stack">
      {shortcut.approval === "rejected" && <RejectReason isAskedBack={shortcut.is_asked_back} reason={shortcut.review_desc} />}
      {shortcut.has_live && draft !== null && <Alert type="info" showIcon title={t("service_accounts.liveStays")} />}
      <ShortcutActions shortcut={shortcut} />
      <ShortcutPhone sign={values.sign} keys={values.keys} />
      <Descriptions column={1} bordered size="small" items={rows} styles={{ content: { overflowWrap: "anywhere" }, label: { width: 120 } }} />
      {shortcut.has_live && may(session, "kooMessage:devTemplateReport:list") && (
        <Link to={`/reports/service-accounts?pub_id=${shortcut.shortcut_id}`}>{t("service_accounts.report")}</Link>
      )}
      <h3>{t("service_accounts.history")}</h3>
      <History events={eventsOf(stories)} zone={zone} />
    </div>
  );
}

/** One scene: its keys on a phone, what is in effect or handed in, what the desk said. */
export function ShortcutDrawer({ shortcutId, close }: { shortcutId: string | null; close: () => void }) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useShortcut(shortcutId);
  const title = data === undefined ? t("service_accounts.shortcut.menu") : t("service_accounts.shortcut.of", { sign: data.shortcut.sign });
  return (
    <Drawer open={shortcutId !== null} onClose={close} title={title} size={600}>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && <Details sheet={data} />}
    </Drawer>
  );
}
