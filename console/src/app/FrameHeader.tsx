import { DownOutlined, LogoutOutlined, MobileOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Dropdown, Layout } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { DemoMark } from "@/app/DemoMark";
import { LanguageSwitch } from "@/app/LanguageSwitch";
import { Logo } from "@/kit/Logo";
import { type Session, useSignOut } from "@/rooms/identity/session";

export function FrameHeader({ session }: { session: Session }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  const roles = session.user.roles.map((role) => t(`role.${role}`)).join(", ");
  return (
    <Layout.Header className="frame-header">
      <Link to="/overview" className="frame-brand">
        <Logo />
        <strong>{t("brand.name")}</strong>
        <span>{t("brand.service")}</span>
      </Link>
      {session.demo && <DemoMark />}
      <div className="frame-right">
        {session.handset_url && (
          <Button type="text" icon={<MobileOutlined aria-hidden />} href={session.handset_url} target="_blank" rel="noreferrer">
            {t("demo.handset")}
          </Button>
        )}
        <span className="frame-tenant" title={session.tenant?.name}>
          {session.tenant?.name ?? t("session.platform")}
        </span>
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
            {session.user.name} <DownOutlined aria-hidden style={{ fontSize: 10 }} />
          </Button>
        </Dropdown>
      </div>
    </Layout.Header>
  );
}
