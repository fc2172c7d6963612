import { CheckCircleFilled, CloseCircleFilled, WarningFilled } from "@ant-design/icons";
import { Card, Empty } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatTime } from "@/kit/format";
import { COLOURS } from "@/kit/theme";
import { useSignedIn } from "@/rooms/identity/session";
import { useLinkTo } from "@/rooms/overview/links";
import type { Notice } from "@/rooms/overview/queries";

const SUBJECTS = {
  "enterprises.filing": { name: "filing", path: "/filings" },
  "sms.signature": { name: "signature", path: "/sms-signatures" },
  "sms.template": { name: "smsTemplate", path: "/sms-templates" },
  "smart.template": { name: "cardTemplate", path: "/card-templates" },
  "video_sms.template": { name: "videoTemplate", path: "/video-templates" },
  "video_sms.signature": { name: "videoSignature", path: "/video-signatures" },
  "service_accounts.pub": { name: "account", path: "/service-accounts" },
  "service_accounts.menu": { name: "account", path: "/service-accounts" },
  "service_accounts.portal": { name: "account", path: "/service-accounts" },
  "service_accounts.shortcut": { name: "shortcut", path: "/shortcuts" },
  "campaigns.link_domain": { name: "domain", path: "/link-domains" },
  "campaigns.jump_link": { name: "jumpLink", path: "/jump-links" },
} as const;

function subjectOf(notice: Notice) {
  return Object.entries(SUBJECTS).find(([kind]) => kind === notice.subject)?.[1];
}

function pathOf(notice: Notice): string | undefined {
  if (notice.kind === "task_held") {
    return `/send-tasks/${notice.subject_id}`;
  }
  const subject = subjectOf(notice);
  return subject?.name === "filing" ? `${subject.path}/${notice.subject_id}` : subject?.path;
}

function Mark({ notice }: { notice: Notice }) {
  if (notice.is_good) {
    return <CheckCircleFilled aria-hidden style={{ color: COLOURS.good }} />;
  }
  return notice.kind === "review_decided" ? (
    <CloseCircleFilled aria-hidden style={{ color: COLOURS.bad }} />
  ) : (
    <WarningFilled aria-hidden style={{ color: COLOURS.unclear }} />
  );
}

function useNoticeText(): (notice: Notice) => string {
  const { t } = useTranslation();
  return (notice) => {
    switch (notice.kind) {
      case "channel_down":
        return t("overview.notice.channel_down");
      case "task_held":
        return t("overview.notice.task_held", { title: notice.title });
      case "review_decided": {
        const kind = t(`overview.noticeKind.${subjectOf(notice)?.name ?? "other"}`);
        return t(notice.is_good ? "overview.notice.approved" : "overview.notice.rejected", { kind, title: notice.title });
      }
    }
  };
}

/** 消息提醒: what calls for the company's attention. */
export function Notices({ notices }: { notices: readonly Notice[] }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const textOf = useNoticeText();
  const linkTo = useLinkTo();
  return (
    <Card title={t("overview.notices")}>
      {notices.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("overview.noticesNone")} />
      ) : (
        <ul className="needs" aria-label={t("overview.notices")}>
          {notices.map((notice) => {
            const path = linkTo(pathOf(notice));
            return (
              <li key={`${notice.kind}${notice.subject}${notice.subject_id}${notice.at ?? ""}`} data-notice={notice.kind}>
                <Mark notice={notice} />
                <div>
                  {textOf(notice)} {path !== undefined && <Link to={path}>{t("overview.view")}</Link>}
                  {notice.kind === "review_decided" && notice.reason !== "" && <p>{notice.reason}</p>}
                  {notice.at !== null && <small className="faint nowrap" style={{ display: "block" }}>{formatTime(notice.at, zone)}</small>}
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
