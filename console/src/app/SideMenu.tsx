import {
  AppstoreOutlined,
  AuditOutlined,
  BankOutlined,
  BarChartOutlined,
  HomeOutlined,
  IdcardOutlined,
  MessageOutlined,
  SendOutlined,
  UserOutlined,
  VideoCameraOutlined,
} from "@ant-design/icons";
import { Menu, type MenuProps } from "antd";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";

import { pages } from "@/app/pages";
import { MENU_GROUPS, type MenuGroup } from "@/kit/roomPage";
import type { Session } from "@/rooms/identity/session";

const ICONS: Record<MenuGroup, ReactNode> = {
  enterprise: <BankOutlined aria-hidden />,
  aimTasks: <SendOutlined aria-hidden />,
  aimConfig: <AppstoreOutlined aria-hidden />,
  smsConfig: <MessageOutlined aria-hidden />,
  serviceAccounts: <IdcardOutlined aria-hidden />,
  videoSms: <VideoCameraOutlined aria-hidden />,
  reports: <BarChartOutlined aria-hidden />,
  account: <UserOutlined aria-hidden />,
  platform: <AuditOutlined aria-hidden />,
};

interface SideMenuProps {
  session: Session;
  /** Called when a page was chosen. */
  onChoose: (() => void) | undefined;
}

/** The menu in the vendor's terms; it holds the pages that exist and that the user may see. */
export function SideMenu({ session, onChoose }: SideMenuProps) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const shown = pages
    .flatMap((page) => (page.menu !== undefined && page.may(session) ? [{ path: `/${page.path}`, ...page.menu }] : []))
    .sort((one, other) => one.order - other.order);
  const entriesOf = (group: MenuGroup | null) =>
    shown
      .filter((entry) => entry.group === group)
      .map(({ path, text }) => ({ key: path, label: <Link to={path}>{t(text)}</Link> }));
  const items: MenuProps["items"] = entriesOf(null).map((item) => ({ ...item, icon: <HomeOutlined aria-hidden /> }));
  const groups = MENU_GROUPS.filter((group) => shown.some((entry) => entry.group === group));
  for (const group of groups) {
    items.push({ key: group, icon: ICONS[group], label: t(`menuGroup.${group}`), children: entriesOf(group) });
  }
  const current = shown
    .map(({ path }) => path)
    .filter((path) => pathname === path || pathname.startsWith(`${path}/`))
    .sort((one, other) => other.length - one.length)
    .slice(0, 1);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // The menu is often longer than the screen.
    nav.current?.querySelector(".ant-menu-item-selected")?.scrollIntoView({ block: "nearest" });
  }, [pathname]);
  return (
    <nav aria-label={t("menu.label")} ref={nav}>
      <Menu
        mode="inline"
        items={items}
        onClick={onChoose}
        selectedKeys={current}
        defaultOpenKeys={[...MENU_GROUPS]}
        style={{ border: 0, paddingTop: 12 }}
      />
    </nav>
  );
}
