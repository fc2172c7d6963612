import { Breadcrumb } from "antd";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

interface Crumb {
  text: string;
  to?: string;
}

interface PageProps {
  title: string;
  /** Tags behind the title. */
  marks?: ReactNode;
  note?: ReactNode;
  crumbs?: Crumb[];
  actions?: ReactNode;
  children: ReactNode;
}

/** A page's head (way here, title, note, actions) and its parts below each other. */
export function Page({ title, marks, note, crumbs = [], actions, children }: PageProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} - ${t("brand.title")}`;
  }, [title, t]);
  const way = crumbs.map(({ text, to }) => ({ title: to === undefined ? text : <Link to={to}>{text}</Link> }));
  return (
    <>
      {way.length > 0 && <Breadcrumb items={way} style={{ marginBottom: 8 }} />}
      <header className="page-head">
        <div>
          <h1>
            {title}
            {marks}
          </h1>
          {note !== undefined && <p>{note}</p>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      <div className="stack">{children}</div>
    </>
  );
}
