import "@/rooms/service_accounts/accounts.css";

import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useSignedIn } from "@/rooms/identity/session";
import type { AccountValues, ItemValues } from "@/rooms/service_accounts/accountForm";
import { pictureUrl } from "@/rooms/service_accounts/queries";

type View = "home" | "thread";

/** The menus at the bottom: one that has others opens them. */
function Menu({ items }: { items: readonly ItemValues[] }) {
  const [open, setOpen] = useState<number | null>(null);
  const { t } = useTranslation();
  if (items.length === 0) {
    return null;
  }
  return (
    <nav className="account-menu" aria-label={t("service_accounts.preview.menu")}>
      {items.map(({ name = "", action_type: action, sub_menu_items: children = [] }, index) => (
        <div key={index}>
          {open === index && action === "OPEN_SUBMENU" && children.length > 0 && (
            <ul>
              {children.map((child, at) => (
                <li key={at}>{child.name}</li>
              ))}
            </ul>
          )}
          <button
            type="button"
            aria-expanded={action === "OPEN_SUBMENU" ? open === index : undefined}
            aria-label={name === "" ? t("service_accounts.menu.item", { number: index + 1 }) : undefined}
            onClick={() => setOpen(open === index ? null : index)}
          >
            {name}
          </button>
        </div>
      ))}
    </nav>
  );
}

function Home({ values, urlOf }: { values: Partial<AccountValues>; urlOf: (id: string | undefined) => string | undefined }) {
  const { t } = useTranslation();
  const background = urlOf(values.background_img?.[0]?.id);
  const tels = (values.tels ?? []).filter(({ tel, usage }) => tel !== undefined || usage !== undefined);
  const apps = values.fastapps ?? [];
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls it
    <div className="account-home" tabIndex={0} role="group" aria-label={t("service_accounts.preview.home")}>
      <div className="account-background">{background === undefined ? t("service_accounts.portal.background") : <img src={background} alt="" />}</div>
      <p>{values.summary === undefined || values.summary === "" ? <span className="faint">{t("service_accounts.portal.summary")}</span> : values.summary}</p>
      {tels.length > 0 && (
        <ul className="account-tels">
          {tels.map(({ tel, usage }, index) => (
            <li key={index}>
              <span>{usage}</span>
              <span className="phone-link">{tel}</span>
            </li>
          ))}
        </ul>
      )}
      {apps.length > 0 && (
        <ul className="account-apps">
          {apps.map((app, index) => {
            const logo = urlOf(app.logo_img?.[0]?.id);
            return (
              <li key={index}>
                {logo !== undefined && <img src={logo} alt="" />}
                <span>
                  {app.name}
                  <small className="faint"> {app.description}</small>
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

/** How a phone shows the account: its home page, or a message with the menus below. */
export function AccountPhone({ values }: { values: Partial<AccountValues> }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const [view, setView] = useState<View>("home");
  const urlOf = (id: string | undefined) => (id === undefined ? undefined : pictureUrl(session.tenant?.id ?? "", id));
  const logo = urlOf(values.logo_img?.[0]?.id);
  const name = values.pub_name ?? "";
  return (
    <section className="phone-preview" aria-label={t("kit.phone.label")}>
      <Segmented<View>
        value={view}
        aria-label={t("kit.phone.view")}
        options={[
          { value: "home", label: t("service_accounts.preview.home") },
          { value: "thread", label: t("service_accounts.preview.thread") },
        ]}
        onChange={setView}
      />
      <div className="phone" data-view={view}>
        <div className="phone-ear" />
        <div className="phone-screen">
          <div className="account-phone">
            <div className="account-head">
              {logo !== undefined && <img src={logo} alt="" />}
              <span>{name === "" ? t("service_accounts.account.name") : name}</span>
            </div>
            {view === "home" ? (
              <Home values={values} urlOf={urlOf} />
            ) : (
              <div className="phone-thread">
                <div className="phone-bubble">{t("service_accounts.preview.example", { name: name === "" ? t("service_accounts.account.name") : name })}</div>
              </div>
            )}
            <Menu items={values.menu_items ?? []} />
          </div>
        </div>
      </div>
    </section>
  );
}
