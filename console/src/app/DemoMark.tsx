import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";

/** Says on every page that nothing here is real. */
export function DemoMark() {
  const { t } = useTranslation();
  return (
    <Tooltip title={t("demo.explain")}>
      <span className="demo-mark" data-demo-mark>
        {t("demo.mark")}
      </span>
    </Tooltip>
  );
}
