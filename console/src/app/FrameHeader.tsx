import { DownOutlined, LogoutOutlined, MenuFoldOutlined, MenuUnfoldOutlined, MobileOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Dropdown, Layout } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { DemoMark } from "@/app/DemoMark";
import { LanguageSwitch } from "@/app/LanguageSwitch";
import { ThemeSwitch } from "@/app/ThemeSwitch";
import { Logo } from "@/kit/Logo";
import { type Session, useSignOut } from "@/rooms/identity/session";

interface FrameHeaderProps {
  session: Session;
  isMenuOpen: boolean;
  /** Given where the menu hides to save room. */
  toggleMenu: (() => void) | undefined;
}

export function FrameHeader({ session, isMenuOpen, toggleMenu }: FrameHeaderProps) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  const roles = session.user.roles.map((role) => t(`role.${role}`)).join(", ");
  return (
    <Layout.Header className="frame-header">
      {toggleMenu !== undefined && (
        <Button
          type="text"
          icon={isMenuOpen ? <MenuFoldOutlined aria-hidden /> : <MenuUnfoldOutlined aria-hidden />}
          aria-label={t(isMenuOpen ? "menu.close" : "menu.open")}
          aria-expanded={isMenuOpen}
          onClick={toggleMenu}
        />
      )}
      <Link to="/overview" className="frame-brand">
        <Logo />
        <strong>{t("brand.name")}</strong>
        <span>{t("brand.service")}</span>
      </Link>
      {session.demo && <DemoMark />}
      <div className="frame-right">
        {session.handset_url && (
          <Button type="text" icon={<MobileOutlined aria-hidden />} href={session.handset_url} target="_blank" rel="noreferrer" aria-label={t("demo.handset")}>
            <span className="frame-word">{t("demo.handset")}</span>
          </Button>
        )}
        <span className="frame-tenant" title={session.tenant?.name}>
          {session.tenant?.name ?? t("session.platform")}
        </span>
        <ThemeSwitch />
        <LanguageSwitch />
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "roles", label: roles, disabled: true },
              { type: "divider" },
              { key: "sign-out", label: t("session.signOut"), icon: <LogoutOutlined aria-hidden /> },
            ],
            onClick: ({ key }) => {
              if (key === "sign-out") {
                signOut.mutate();
              }
            },
          }}
        >
          <Button type="text" icon={<UserOutlined aria-hidden />} aria-label={`${t("session.account")}: ${session.user.name}`}>
            <span className="frame-user">{session.user.name}</span> <DownOutlined aria-hidden style={{ fontSize: 10 }} />
          </Button>
        </Dropdown>
      </div>
    </Layout.Header>
  );
}
