import { Tag } from "antd";
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";

type ChannelError = components["schemas"]["ErrorView"];

/** What a carrier refused with lately: code, how often, and what it means. */
export function ErrorCodes({ errors }: { errors: readonly ChannelError[] }) {
  const { t, i18n } = useTranslation();
  if (errors.length === 0) {
    return <span className="faint">{t("carriers.noErrors")}</span>;
  }
  const isChinese = i18n.language.startsWith("zh");
  return errors.map(({ code, count, zh, en }) => (
    <div key={code} data-error={code}>
      <Tag color="error">{`${code} × ${count}`}</Tag>
      <span className="faint">{isChinese ? zh : en}</span>
    </div>
  ));
}
