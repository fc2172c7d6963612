import { Button, Result } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Problem } from "@/client/problem";

const FORBIDDEN = 403;
const NOT_FOUND = 404;

/** Say in the user's language what went wrong. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (error instanceof Problem) {
      return error.message === "" ? t("error.network") : error.message;
    }
    return t("error.unexpected");
  };
}

/** What a page shows when what it needs cannot be read. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const problem = error instanceof Problem ? error : undefined;
  const home = (
    <Link key="home" to="/overview">
      <Button type="primary">{t("error.home")}</Button>
    </Link>
  );
  if (problem?.status === FORBIDDEN) {
    return <Result status="403" title={t("error.forbidden")} subTitle={textOf(problem)} extra={home} />;
  }
  if (problem?.status === NOT_FOUND) {
    return <Result status="404" title={t("error.notFound")} subTitle={textOf(problem)} extra={home} />;
  }
  const again = retry && (
    <Button key="retry" type="primary" onClick={retry}>
      {t("error.retry")}
    </Button>
  );
  return (
    <Result
      status="error"
      title={t("error.title")}
      subTitle={
        <>
          {textOf(error)}
          {problem?.requestId !== undefined && <div>{t("error.requestId", { id: problem.requestId })}</div>}
        </>
      }
      extra={again ?? home}
    />
  );
}

/** The page of an address that names none. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Result
      status="404"
      title={t("error.notFound")}
      subTitle={t("error.notFoundText")}
      extra={
        <Link to="/overview">
          <Button type="primary">{t("error.home")}</Button>
        </Link>
      }
    />
  );
}
