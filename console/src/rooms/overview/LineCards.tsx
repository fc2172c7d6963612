import { Card, Empty, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatCount, formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { useAlarms, useChannels } from "@/rooms/carriers/queries";
import { TONES } from "@/rooms/carriers/words";
import { useSignedIn } from "@/rooms/identity/session";
import { statesOf, worstFirst } from "@/rooms/overview/platform";

const SHOWN = 8;

/** The alarms that hold. */
export function AlarmsCard() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const { data, error, isPending, refetch } = useAlarms();
  const alarms = worstFirst(data?.items ?? []);
  return (
    <Card title={t("overview.alarms.title")} extra={<Link to="/alarms">{t("overview.alarms.all", { total: alarms.length })}</Link>} data-alarms={alarms.length}>
      {isPending ? (
        <Skeleton active paragraph={{ rows: 3 }} />
      ) : data === undefined ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : alarms.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("overview.alarms.none")} />
      ) : (
        <ul className="needs" aria-label={t("overview.alarms.title")}>
          {alarms.slice(0, SHOWN).map((one) => (
            <li key={`${one.kind} ${one.subject}`} data-alarm={one.kind}>
              <StateTag state={one.severity} tone={one.severity === "critical" ? "bad" : "unclear"} text={t(`overview.alarms.${one.severity}`)} />
              <div>
                {t("overview.alarms.of", { kind: t(`carriers.alarms.kinds.${one.kind}`), subject: one.subject })}
                <small className="faint nowrap" style={{ display: "block" }}>{t("overview.alarms.since", { at: formatTime(one.since, zone) })}</small>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** How many channels are in which state. */
export function ChannelsCard() {
  const { t } = useTranslation();
  const { data, error, isPending, dataUpdatedAt, refetch } = useChannels();
  const states = statesOf(data?.items ?? [], dataUpdatedAt);
  return (
    <Card title={t("overview.channels.title")} extra={<Link to="/channels">{t("overview.channels.all")}</Link>} data-channels>
      {isPending ? (
        <Skeleton active paragraph={{ rows: 2 }} />
      ) : data === undefined ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : states.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("overview.channels.none")} />
      ) : (
        <ul className="needs" aria-label={t("overview.channels.title")}>
          {states.map(({ state, count }) => (
            <li key={state} data-channels-state={state}>
              <StateTag state={state} tone={TONES[state]} text={t(`carriers.state.${state}`)} />
              <Link to={`/channels?state=${state}`}>{t("overview.channels.count", { total: formatCount(count) })}</Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
