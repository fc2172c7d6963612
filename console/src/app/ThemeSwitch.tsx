import { DesktopOutlined, MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { use } from "react";
import { useTranslation } from "react-i18next";

import { chooseTheme, THEME_CHOICES, type ThemeChoice, themeChoiceOf, useThemeChoice } from "@/kit/themeChoice";
import { SignedInContext } from "@/rooms/identity/session";

const ICONS = {
  system: <DesktopOutlined aria-hidden />,
  light: <SunOutlined aria-hidden />,
  dark: <MoonOutlined aria-hidden />,
} as const satisfies Record<ThemeChoice, unknown>;

/** Light, dark, or as the system has it; `isNamed` says beside the icon which it is. */
export function ThemeSwitch({ isNamed = false }: { isNamed?: boolean }) {
  const { t } = useTranslation();
  const choice = useThemeChoice();
  const user = use(SignedInContext)?.session.user.id;
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        selectable: true,
        selectedKeys: [choice],
        items: THEME_CHOICES.map((one) => ({ key: one, icon: ICONS[one], label: t(`theme.${one}`) })),
        onClick: ({ key }) => chooseTheme(themeChoiceOf(key), user),
      }}
    >
      <Button type="text" icon={ICONS[choice]} aria-label={`${t("theme.switch")}: ${t(`theme.${choice}`)}`}>
        {isNamed && <span>{t(`theme.${choice}`)}</span>}
      </Button>
    </Dropdown>
  );
}
