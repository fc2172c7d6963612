import { Layout, Skeleton } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Outlet, useLocation } from "react-router";

import { FrameHeader } from "@/app/FrameHeader";
import { SideMenu } from "@/app/SideMenu";
import { useOwnChoices } from "@/app/useOwnChoices";
import { useTopOfPage } from "@/app/useTopOfPage";
import { Trouble } from "@/kit/Trouble";
import { DEFAULT_ZONE, SignedInContext, useAccount, useSessionQuery } from "@/rooms/identity/session";
import { SignInAgain } from "@/rooms/identity/SignInAgain";

/** The frame of every page behind sign-in: header, menu, page. */
export function Frame() {
  const { t } = useTranslation();
  const location = useLocation();
  const [isNarrow, setNarrow] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(true);
  const main = useRef<HTMLDivElement>(null);
  const { data: session, error, isPending, refetch } = useSessionQuery();
  const account = useAccount(session);
  useOwnChoices(session?.user.id);
  useTopOfPage();
  if (isPending) {
    return <Skeleton active style={{ padding: 48 }} paragraph={{ rows: 8 }} />;
  }
  if (error !== null) {
    return <Trouble error={error} retry={() => void refetch()} />;
  }
  if (session === null) {
    const next = location.pathname === "/" ? "" : `?next=${encodeURIComponent(location.pathname + location.search)}`;
    return <Navigate to={`/sign-in${next}`} replace />;
  }
  return (
    <SignedInContext value={{ session, zone: account.data?.zone ?? DEFAULT_ZONE }}>
      <a
        className="skip-link"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t("menu.skip")}
      </a>
      <Layout style={{ minHeight: "100%" }}>
        <FrameHeader
          session={session}
          isMenuOpen={isMenuOpen}
          toggleMenu={isNarrow ? () => setMenuOpen(!isMenuOpen) : undefined}
        />
        <Layout>
          <Layout.Sider
            className="frame-sider"
            width={220}
            breakpoint="lg"
            collapsedWidth={0}
            collapsed={!isMenuOpen}
            trigger={null}
            theme="light"
            onBreakpoint={(isBroken) => {
              setNarrow(isBroken);
              setMenuOpen(!isBroken);
            }}
          >
            <SideMenu session={session} onChoose={isNarrow ? () => setMenuOpen(false) : undefined} />
          </Layout.Sider>
          <Layout.Content>
            <div className="frame-main" id="main" ref={main} tabIndex={-1}>
              <Outlet />
            </div>
          </Layout.Content>
        </Layout>
      </Layout>
      <SignInAgain session={session} />
    </SignedInContext>
  );
}
