import { Alert, Button, Card, Empty, Skeleton, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import { Figures } from "@/kit/Figures";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { useChecks, useSystem } from "@/rooms/carriers/queries";
import { useSignedIn } from "@/rooms/identity/session";

type Process = components["schemas"]["ProcessView"];
type Check = components["schemas"]["CheckView"];

const TONES = { ok: "good", warn: "unclear", fail: "bad" } as const;
const MEGA = 1024 * 1024;
const MINUTE_S = 60;
const CHECKS = ["database", "durability", "schema", "clock", "bus", "files", "keys", "disk", "jobs", "processes"] as const;

function Checks() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const { data, error, isPending, isFetching, refetch } = useChecks();
  const nameOf = (name: string) => {
    const known = CHECKS.find((one) => one === name);
    return known === undefined ? name : t(`carriers.system.checkName.${known}`);
  };
  return (
    <Card styles={{ body: { padding: 0 } }} data-table="checks">
      <div className="table-head">
        <h2>{t("carriers.system.checks")}</h2>
        <div className="table-actions">
          {data !== undefined && <span className="faint">{t("carriers.system.checkedAt", { at: formatTime(data.at, zone) })}</span>}
          <Button loading={isFetching} onClick={() => void refetch()}>
            {t("carriers.system.again")}
          </Button>
        </div>
      </div>
      {error !== null && data === undefined ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton active style={{ padding: 16 }} />
      ) : (
        <Table<Check>
          rowKey="name"
          size="middle"
          pagination={false}
          scroll={{ x: 760 }}
          dataSource={data.items}
          columns={[
            { key: "name", title: t("carriers.system.check"), width: 140, render: (_, one) => nameOf(one.name) },
            {
              key: "level",
              title: t("carriers.system.state"),
              width: 90,
              render: (_, { level }) => <StateTag state={level} tone={TONES[level]} text={t(`carriers.system.level.${level}`)} />,
            },
            { key: "message", title: t("carriers.system.finding"), width: 280, dataIndex: "message" },
            { key: "fix", title: t("carriers.system.fix"), width: 250, render: (_, { fix }) => fix ?? "–" },
          ]}
        />
      )}
    </Card>
  );
}

/** 系统状态: processes, gateways, and what the doctor finds. */
export function SystemStatus() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const { data, error, isPending, refetch } = useSystem();
  const crumbs = [{ text: t("menuGroup.platform") }, { text: t("carriers.systemMenu") }];
  return (
    <Page title={t("carriers.systemMenu")} note={t("carriers.system.note")} crumbs={crumbs}>
      {error !== null && data === undefined && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && (
        <>
          {!data.is_complete && <Alert type="warning" showIcon title={t("carriers.system.starting")} />}
          <Card>
            <Figures
              figures={[
                { key: "version", label: t("carriers.system.version"), value: data.version },
                {
                  key: "ready",
                  label: t("carriers.system.ready"),
                  value: `${data.processes.filter((one) => one.is_ready).length} / ${data.processes.length}`,
                },
                { key: "gateways", label: t("carriers.system.gateways"), value: data.gateways.length },
                { key: "python", label: t("carriers.system.python"), value: data.python, note: data.platform },
              ]}
            />
          </Card>
          <Card styles={{ body: { padding: 0 } }} data-table="processes">
            <div className="table-head">
              <h2>{t("carriers.system.processes")}</h2>
            </div>
            <Table<Process>
              rowKey="name"
              size="middle"
              pagination={false}
              scroll={{ x: 700 }}
              dataSource={data.processes}
              columns={[
                { key: "name", title: t("carriers.system.process"), width: 160, dataIndex: "name" },
                {
                  key: "state",
                  title: t("carriers.system.state"),
                  width: 220,
                  render: (_, { is_ready, failed }) => (
                    <>
                      <StateTag
                        state={is_ready ? "ready" : "not-ready"}
                        tone={is_ready ? "good" : "bad"}
                        text={t(is_ready ? "carriers.system.ready" : "carriers.system.notReady")}
                      />
                      {Object.entries(failed).map(([what, why]) => (
                        <div key={what} className="faint">{`${what}: ${why}`}</div>
                      ))}
                    </>
                  ),
                },
                {
                  key: "memory",
                  title: t("carriers.system.memory"),
                  width: 110,
                  align: "right",
                  render: (_, one) => (one.memory_bytes === null ? "–" : `${Math.round(one.memory_bytes / MEGA)} MB`),
                },
                {
                  key: "cpu",
                  title: t("carriers.system.cpu"),
                  width: 110,
                  align: "right",
                  render: (_, one) => (one.cpu_seconds === null ? "–" : `${one.cpu_seconds.toFixed(0)} s`),
                },
                {
                  key: "started",
                  title: t("carriers.system.started"),
                  width: 172,
                  render: (_, one) => <span className="nowrap">{formatTime(one.started_at, zone)}</span>,
                },
              ]}
            />
          </Card>
          <Card title={<h2 style={{ margin: 0, fontSize: 16 }}>{t("carriers.system.gateways")}</h2>}>
            {data.gateways.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("carriers.system.noGateway")} />}
            {data.gateways.map((one) => (
              <p key={one.name}>
                <strong>{one.name}</strong> {t("carriers.system.gatewayAge", { minutes: Math.round(one.age_s / MINUTE_S) })}{" "}
                {one.unable.length > 0 && <Tag color="error">{t("carriers.system.unable", { names: one.unable.join(", ") })}</Tag>}
              </p>
            ))}
          </Card>
        </>
      )}
      <Checks />
    </Page>
  );
}
