import { Card, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { History } from "@/kit/History";
import type { Tone } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { type Scene, useFilingHistory } from "@/rooms/enterprises/queries";
import { useActionText, useWord } from "@/rooms/enterprises/words";
import { useSignedIn } from "@/rooms/identity/session";

const TONES: Record<string, Tone> = { approved: "good", rejected: "bad", asked_back: "unclear", urged: "unclear" };

/** What became of a filing's submissions, the latest first. */
export function FilingHistory({ scene, decidedAt }: { scene: Scene; decidedAt: string | null }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const actionText = useActionText();
  const wordOf = useWord();
  const { data, error, isPending, refetch } = useFilingHistory(scene, decidedAt);
  if (isPending) {
    return (
      <Card title={t("enterprises.history")}>
        <Skeleton active title={false} />
      </Card>
    );
  }
  if (data === undefined) {
    return <Trouble error={error} retry={() => void refetch()} />;
  }
  const events = data.items.flatMap((story, index) => {
    const round = t("enterprises.round", { no: data.items.length - index });
    return story.events
      .map((event, place) => {
        const isEnd = event.action === "rejected" || event.action === "asked_back";
        return {
          key: `${story.review_id}-${place}`,
          at: event.at,
          what: event.action === "submitted" ? `${actionText(event.action)} · ${round}` : actionText(event.action),
          who: event.by === "" ? t("enterprises.desk") : event.by,
          note: isEnd ? wordOf({ zh: story.reason, en: story.reason_en }) : event.note,
          tone: TONES[event.action],
        };
      })
      .reverse();
  });
  return (
    <Card title={t("enterprises.history")} data-history>
      <History events={events} zone={zone} />
    </Card>
  );
}
