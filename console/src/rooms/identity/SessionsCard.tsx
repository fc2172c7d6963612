import { Card, Skeleton, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { formatTime } from "@/kit/format";
import { Trouble } from "@/kit/Trouble";
import { acts, type OwnSession, useAct, useOwnSessions } from "@/rooms/identity/queries";
import { readAgent } from "@/rooms/identity/secrets";
import { useSignedIn } from "@/rooms/identity/session";

const WIDTH_PX = 760;

/** Where the user is signed in, and a way to end it there. */
export function SessionsCard() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const act = useAct();
  const { data, error, refetch } = useOwnSessions();
  const agentOf = ({ agent }: OwnSession) => {
    const known = agent === null ? null : readAgent(agent);
    return known === null ? (agent ?? t("identity.settings.unknownAgent")) : t("identity.settings.agentOn", known);
  };
  const body =
    data !== undefined ? (
      <Table<OwnSession>
        rowKey="id"
        size="middle"
        pagination={false}
        scroll={{ x: WIDTH_PX }}
        dataSource={[...data.items]}
        columns={[
          {
            key: "agent",
            title: t("identity.settings.agent"),
            width: 220,
            render: (_: unknown, one) => (
              <span title={one.agent ?? undefined}>
                {agentOf(one)} {one.is_current && <Tag color="processing">{t("identity.settings.current")}</Tag>}
              </span>
            ),
          },
          { key: "address", title: t("identity.settings.address"), width: 130, render: (_: unknown, { address }) => address ?? "–" },
          { key: "in", title: t("identity.settings.signedIn"), width: 172, render: (_: unknown, one) => <span className="nowrap">{formatTime(one.created_at, zone)}</span> },
          { key: "seen", title: t("identity.settings.seen"), width: 172, render: (_: unknown, one) => <span className="nowrap">{formatTime(one.seen_at, zone)}</span> },
          {
            key: "actions",
            title: t("list.actions"),
            width: 80,
            render: (_: unknown, one) =>
              !one.is_current && (
                <ConfirmAction
                  type="link"
                  size="small"
                  isDanger
                  text={t("identity.settings.end")}
                  ask={t("identity.settings.endAsk")}
                  consequence={t("identity.settings.endText")}
                  act={() => act(() => acts.endSession(one.id))}
                  done={t("identity.settings.ended")}
                />
              ),
          },
        ]}
      />
    ) : error === null ? (
      <Skeleton active style={{ padding: 16 }} />
    ) : (
      <Trouble error={error} retry={() => void refetch()} />
    );
  return (
    <Card
      title={t("identity.settings.sessions")}
      extra={
        <ConfirmAction
          isDanger
          text={t("identity.settings.endOthers")}
          ask={t("identity.settings.endOthersAsk")}
          consequence={t("identity.settings.endOthersText")}
          act={() => act(acts.endOtherSessions)}
          done={t("identity.settings.ended")}
          isDisabled={data === undefined || data.total < 2}
        />
      }
      styles={{ body: { padding: 0 } }}
    >
      <p style={{ padding: "12px 16px", margin: 0 }}>{t("identity.settings.sessionsNote")}</p>
      {body}
    </Card>
  );
}
