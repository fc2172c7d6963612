import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatTime } from "@/kit/format";
import { MESSAGE_STATES, TASK_STATES } from "@/rooms/campaigns/sendTask";
import { useSignedIn } from "@/rooms/identity/session";
import { useAuditNames } from "@/rooms/identity/words";
import type { Export } from "@/rooms/reports/queries";
import { FILTER_NAMES, TAP_TARGETS, VENDORS, VIDEO_SPLITS } from "@/rooms/reports/words";
import { LINK_STATUSES } from "@/rooms/short_links/words";
import { RESULTS } from "@/rooms/video_sms/words";

const MONTHLY = "2";

function useValueText(): (kind: string, name: string, value: string) => string {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const audit = useAuditNames();
  return (kind, name, value) => {
    if (name === "action") {
      return audit.action(value);
    }
    if (name === "subject_kind") {
      return audit.kind(value);
    }
    const outcome = RESULTS.find((known) => known === value);
    if (kind === "video_messages" && name === "result" && outcome !== undefined) {
      return t(`video_sms.result.${outcome}`);
    }
    const status = LINK_STATUSES.find((known) => known === value);
    if (name === "status" && status !== undefined) {
      return t(`short_links.statusName.${status}`);
    }
    if (name === "result") {
      return t(value === "refused" ? "identity.audit.refused" : "identity.audit.done");
    }
    if (name === "state") {
      const message = MESSAGE_STATES.find((state) => state === value);
      const task = TASK_STATES.find((state) => state === value);
      if ((kind === "send_messages" || kind === "send_details") && message !== undefined) {
        return t(`messageState.${message}`);
      }
      return task === undefined ? value : t(`taskState.${task}`);
    }
    if (name === "begin" || name === "end") {
      return formatTime(value, zone);
    }
    const split = VIDEO_SPLITS.find((known) => known === value);
    if (name === "by" && split !== undefined) {
      return t(`reports.videos.by.${split}`);
    }
    const target = TAP_TARGETS.find((known) => known === value);
    if (name === "target" && target !== undefined) {
      return t(`reports.taps.targetName.${target}`);
    }
    if (name === "report_type") {
      return t(value === MONTHLY ? "reports.sends.monthly" : "reports.sends.daily");
    }
    const vendor = VENDORS.find((known) => known === value);
    return name === "vendors" && vendor !== undefined ? t(`reports.vendorName.${vendor}`) : value;
  };
}

/** Where tasks of a kind of export are shown. */
function taskPage(kind: string): string {
  return kind === "video_messages" ? "video-tasks" : kind === "resolve_details" ? "resolve-tasks" : "send-tasks";
}

/** What an export was asked for, in words. */
export function ExportFilters({ of: { kind, filters } }: { of: Export }) {
  const { t } = useTranslation();
  const textOf = useValueText();
  const parts: ReactNode[] = FILTER_NAMES.filter((name) => filters[name] !== undefined).map((name) => {
    const value = filters[name];
    const values = (Array.isArray(value) ? value : [value]).map((one) => textOf(kind, name, String(one)));
    return (
      <span key={name} style={{ marginInlineEnd: 8 }}>
        {t("reports.filterOf", { name: t(`reports.filter.${name}`) })}
        {name === "task_id" ? <Link to={`/${taskPage(kind)}/${values.join()}`}>{values.join()}</Link> : values.join(t("reports.comma"))}
      </span>
    );
  });
  return parts.length === 0 ? null : (
    <div className="faint" style={{ fontSize: 12, overflowWrap: "anywhere" }}>
      {parts}
    </div>
  );
}
