import { AuditOutlined, HomeOutlined, SendOutlined } from "@ant-design/icons";
import { Menu, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";

import { mayList, mayReview, type Session } from "@/rooms/identity/session";

interface SideMenuProps {
  session: Session;
  /** Called when a page was chosen. */
  onChoose: (() => void) | undefined;
}

/** The menu in the vendor's terms; it holds the pages that exist and that the user may see. */
export function SideMenu({ session, onChoose }: SideMenuProps) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const items: MenuProps["items"] = [
    { key: "/overview", icon: <HomeOutlined aria-hidden />, label: <Link to="/overview">{t("menu.overview")}</Link> },
  ];
  if (mayList(session)) {
    items.push({
      key: "aim-tasks",
      icon: <SendOutlined aria-hidden />,
      label: t("menu.aimTasks"),
      children: [{ key: "/send-tasks", label: <Link to="/send-tasks">{t("menu.sendTasks")}</Link> }],
    });
  }
  if (mayReview(session)) {
    items.push({
      key: "platform",
      icon: <AuditOutlined aria-hidden />,
      label: t("menu.platform"),
      children: [{ key: "/reviews", label: <Link to="/reviews">{t("menu.reviews")}</Link> }],
    });
  }
  const current = ["/overview", "/send-tasks", "/reviews"].filter((path) => pathname.startsWith(path));
  return (
    <nav aria-label={t("menu.label")}>
      <Menu
        mode="inline"
        items={items}
        onClick={onChoose}
        selectedKeys={current}
        defaultOpenKeys={["aim-tasks", "platform"]}
        style={{ border: 0, paddingTop: 12 }}
      />
    </nav>
  );
}
