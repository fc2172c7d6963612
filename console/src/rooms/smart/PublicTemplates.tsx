import { Tabs } from "antd";
import { useTranslation } from "react-i18next";

import { useFilters } from "@/kit/filters";
import { Page } from "@/kit/Page";
import { PublicCards } from "@/rooms/smart/PublicCards";
import { PublicVideos } from "@/rooms/video_sms/PublicVideos";
import "@/rooms/smart/smart.css";

/** 公共模板管理: card and video templates that the platform offers every tenant. */
export function PublicTemplates() {
  const { t } = useTranslation();
  const [params, change] = useFilters();
  const tab = params.get("tab") === "videos" ? "videos" : "cards";

  function go(next: string): void {
    change({ tab: next === "videos" ? next : "", name: "", id: "", enabled: "", state: [], sort: "" });
  }

  return (
    <Page
      title={t("smart.platform.menu")}
      note={t("smart.platform.note")}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("smart.platform.menu") }]}
    >
      <Tabs
        activeKey={tab}
        items={[
          { key: "cards", label: t("smart.platform.cards") },
          { key: "videos", label: t("smart.platform.videos") },
        ]}
        onChange={go}
      />
      {tab === "cards" ? <PublicCards /> : <PublicVideos />}
    </Page>
  );
}
