import { Alert, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { RejectReason } from "@/kit/RejectReason";
import { NotFound, Trouble } from "@/kit/Trouble";
import { isScene, serviceOfScene, shownState } from "@/rooms/enterprises/filing";
import { FilingForm } from "@/rooms/enterprises/FilingForm";
import { FilingHistory } from "@/rooms/enterprises/FilingHistory";
import { FilingClock, FilingTag } from "@/rooms/enterprises/FilingState";
import { type Filing, type Scene, useFiling } from "@/rooms/enterprises/queries";
import { useWord } from "@/rooms/enterprises/words";
import { may, useSignedIn } from "@/rooms/identity/session";
import { NeedsService } from "@/rooms/overview/NeedsService";

function Notes({ filing, mayEdit }: { filing: Filing; mayEdit: boolean }) {
  const { t } = useTranslation();
  const wordOf = useWord();
  const { zone } = useSignedIn();
  const state = shownState(filing);
  const isRefused = filing.reason !== "" && !filing.is_pending;
  return (
    <>
      {isRefused && (
        <RejectReason
          isAskedBack={filing.is_asked_back}
          reason={wordOf({ zh: filing.reason, en: filing.reason_en })}
          at={filing.decided_at === null ? undefined : formatTime(filing.decided_at, zone)}
        />
      )}
      {!mayEdit && <Alert type="info" showIcon title={t("enterprises.readOnly")} />}
      {filing.is_pending && <Alert type="info" showIcon title={t("enterprises.pendingNote")} description={<FilingClock filing={filing} />} />}
      {mayEdit && state === "approved" && (
        <Alert type="success" showIcon title={t(isRefused ? "enterprises.editRefused" : "enterprises.approvedNote")} />
      )}
      {mayEdit && (state === "rejected" || state === "asked") && (
        <Alert type="warning" showIcon title={t(state === "asked" ? "enterprises.askedNote" : "enterprises.rejectedNote")} />
      )}
    </>
  );
}

function SceneForm({ scene }: { scene: Scene }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { data, error, isPending, refetch } = useFiling(scene);
  const mayEdit = may(session, "hongyan:filing:edit");
  const crumbs = [{ text: t("enterprises.title"), to: "/filings" }, { text: t(`enterprises.scene.${scene}`) }];
  return (
    <Page title={t(`enterprises.scene.${scene}`)} marks={data !== undefined && <FilingTag filing={data} />} crumbs={crumbs}>
      {isPending && <Skeleton active paragraph={{ rows: 12 }} />}
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {data !== undefined && (
        <>
          <Notes filing={data} mayEdit={mayEdit} />
          <FilingForm key={`${scene}-${data.is_pending}`} filing={data} isLocked={data.is_pending || !mayEdit} />
          <FilingHistory scene={scene} decidedAt={data.decided_at} />
        </>
      )}
    </Page>
  );
}

/** A scene's filing: its form, what the desk said about it, its history. */
export function FilingPage() {
  const { scene } = useParams();
  if (!isScene(scene)) {
    return <NotFound />;
  }
  return (
    <NeedsService service={serviceOfScene(scene)}>
      <SceneForm scene={scene} />
    </NeedsService>
  );
}
