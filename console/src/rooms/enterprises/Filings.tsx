import { Button, Card, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Page } from "@/kit/Page";
import { RejectReason } from "@/kit/RejectReason";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { AREAS, shownState } from "@/rooms/enterprises/filing";
import { FilingClock, FilingTag } from "@/rooms/enterprises/FilingState";
import { type Filing, useFilings } from "@/rooms/enterprises/queries";
import { useWord } from "@/rooms/enterprises/words";
import { may, useAccount, useSignedIn } from "@/rooms/identity/session";

function Missing({ filing }: { filing: Filing }) {
  const { t } = useTranslation();
  const wordOf = useWord();
  const namesOf = (names: readonly string[]) =>
    names
      .flatMap((name) => filing.fields.filter((field) => field.name === name))
      .map(wordOf)
      .join(t("enterprises.and"));
  const reused = Object.entries(filing.papers).filter(([, paper]) => paper.scene !== filing.scene).map(([field]) => field);
  return (
    <div className="faint" data-missing={filing.missing.length}>
      {filing.missing.length > 0 ? t("enterprises.missing", { names: namesOf(filing.missing) }) : t("enterprises.missingNone")}
      {reused.length > 0 && <div data-reusable>{t("enterprises.reusable", { names: namesOf(reused) })}</div>}
    </div>
  );
}

function FilingRow({ filing, isOpen }: { filing: Filing; isOpen: boolean }) {
  const { t } = useTranslation();
  const wordOf = useWord();
  const { session } = useSignedIn();
  const state = shownState(filing);
  const mayEdit = may(session, "hongyan:filing:edit");
  const isToDo = state === "none" || state === "begun" || state === "asked" || state === "rejected";
  const text = filing.is_pending || !mayEdit
    ? t("enterprises.look")
    : isToDo
      ? t(`enterprises.fill.${filing.scene}`)
      : t("enterprises.edit");
  return (
    <section className="filing" data-scene={filing.scene} data-state={state} aria-label={t(`enterprises.scene.${filing.scene}`)}>
      <header>
        <h3>{t(`enterprises.scene.${filing.scene}`)}</h3>
        <FilingTag filing={filing} />
      </header>
      <FilingClock filing={filing} />
      {isToDo && isOpen && <Missing filing={filing} />}
      {filing.reason !== "" && !filing.is_pending && (
        <RejectReason isAskedBack={filing.is_asked_back} reason={wordOf({ zh: filing.reason, en: filing.reason_en })} />
      )}
      {isOpen && (
        <div>
          <Link to={`/filings/${filing.scene}`}>
            <Button type={isToDo && mayEdit ? "primary" : "default"}>{text}</Button>
          </Link>
        </div>
      )}
    </section>
  );
}

/** 企业备案: the areas with the state of each filing, what is missing, and until when the desk decides. */
export function Filings() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const account = useAccount(session);
  const { data, error, isPending, refetch } = useFilings();
  const isOpen = (service: string) => account.data?.services.some((one) => one.service === service && one.opened) ?? true;
  return (
    <Page title={t("enterprises.title")} note={t("enterprises.note")}>
      {isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {data !== undefined &&
        AREAS.map(({ key, service, scenes }) => (
          <Card
            key={key}
            title={t(`enterprises.area.${key}`)}
            data-area={key}
            extra={
              !isOpen(service) && (
                <>
                  <StateTag state="closed" tone="waiting" text={t("enterprises.closed")} />
                  <Link to="/services">{t("enterprises.openFirst")}</Link>
                </>
              )
            }
          >
            <p className="faint" style={{ marginTop: 0 }}>
              {t(`enterprises.areaNote.${key}`)}
            </p>
            <div className="cards">
              {data.items
                .filter((filing) => scenes.some((scene) => scene === filing.scene))
                .map((filing) => (
                  <FilingRow key={filing.scene} filing={filing} isOpen={isOpen(service)} />
                ))}
            </div>
          </Card>
        ))}
    </Page>
  );
}
