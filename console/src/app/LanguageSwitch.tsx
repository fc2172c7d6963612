import { GlobalOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { use } from "react";
import { useTranslation } from "react-i18next";

import { chooseLanguage, LANGUAGES } from "@/i18n/language";
import { SignedInContext } from "@/rooms/identity/session";

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const user = use(SignedInContext)?.session.user.id;
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        selectable: true,
        selectedKeys: [i18n.language],
        items: LANGUAGES.map((language) => ({ key: language, label: <span lang={language}>{t(`language.${language}`)}</span> })),
        onClick: ({ key }) => void chooseLanguage(key === "en" ? "en" : "zh-CN", user),
      }}
    >
      <Button type="text" icon={<GlobalOutlined aria-hidden />} aria-label={`${t("language.switch")}: ${t(i18n.language === "en" ? "language.en" : "language.zh-CN")}`}>
        <span className="frame-word">{t(i18n.language === "en" ? "language.en" : "language.zh-CN")}</span>
      </Button>
    </Dropdown>
  );
}
