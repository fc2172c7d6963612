import { Alert, Button, Card, Skeleton, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { formatCount, formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { AddressDrawer } from "@/rooms/callbacks/AddressDrawer";
import { acts, type Callback, type TenantKind, useAct, useCallbacks } from "@/rooms/callbacks/queries";
import { TestButton } from "@/rooms/callbacks/TestButton";
import { AIM_KINDS, healthOf, HEALTH_TONES, VIDEO_KINDS } from "@/rooms/callbacks/words";
import { may, useSignedIn } from "@/rooms/identity/session";
import "@/rooms/callbacks/callbacks.css";

export function HealthTag({ address }: { address: Callback }) {
  const { t } = useTranslation();
  const health = healthOf(address);
  return <StateTag state={health} tone={HEALTH_TONES[health]} text={t(`callbacks.health.${health}`)} />;
}

function Facts({ address }: { address: Callback }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const { posts } = address;
  return (
    <>
      <div className="callback-url mono">{address.callback_url}</div>
      {address.remark !== "" && <div className="faint">{address.remark}</div>}
      <ul className="callback-facts faint">
        <li>{t("callbacks.lastSuccess", { at: formatTime(address.last_success_at, zone) })}</li>
        <li>
          {t("callbacks.counts", {
            delivered: formatCount(posts.delivered),
            waiting: formatCount(posts.waiting),
            dead: formatCount(posts.dead),
          })}
        </li>
        <li>{t(address.is_signed ? "callbacks.signed" : "callbacks.unsigned")}</li>
      </ul>
      {address.disables_at !== null && (
        <Alert type="warning" showIcon title={t("callbacks.willBeDisabled", { at: formatTime(address.disables_at, zone) })} />
      )}
      {address.state === "disabled" && (
        <Alert type="error" showIcon title={t("callbacks.isDisabled", { at: formatTime(address.disabled_at, zone) })} />
      )}
    </>
  );
}

/** The address of one kind, or how to set it. */
function KindCard({ kind, address, edit }: { kind: TenantKind; address: Callback | undefined; edit: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  const mayEdit = may(session, "kooMessage:devCallback:create");
  return (
    <section className="filing" data-kind={kind} data-set={address !== undefined}>
      <header>
        <h3>{t(`callbacks.kind.${kind}`)}</h3>
        {address === undefined ? (
          <StateTag state="none" tone="left" text={t("callbacks.unset")} />
        ) : (
          <HealthTag address={address} />
        )}
      </header>
      <div className="faint">{t(`callbacks.kindText.${kind}`)}</div>
      {address !== undefined && <Facts address={address} />}
      <Space wrap style={{ marginTop: "auto" }}>
        {mayEdit && (
          <Button type={address === undefined ? "primary" : "default"} onClick={edit}>
            {t(address === undefined ? "callbacks.set" : "sms.modify")}
          </Button>
        )}
        {address !== undefined && (
          <>
            {mayEdit && <TestButton address={address} />}
            <Button onClick={() => void navigate(`/callbacks/${address.id}`)}>{t("callbacks.log")}</Button>
            {mayEdit && (
              <ConfirmAction
                isDanger
                text={t("sms.delete")}
                ask={t("callbacks.removeAsk", { kind: t(`callbacks.kind.${kind}`) })}
                takes={[t("callbacks.removeWaiting", { count: address.posts.waiting }), t("callbacks.removeLog")]}
                act={() => act(() => acts.remove(address.id))}
                done={t("callbacks.removed")}
              />
            )}
          </>
        )}
      </Space>
    </section>
  );
}

/** Addresses that belong to an SMS app or a video template: changed where those are. */
function Others({ addresses }: { addresses: readonly Callback[] }) {
  const { t } = useTranslation();
  if (addresses.length === 0) {
    return null;
  }
  return (
    <Card title={t("callbacks.others")}>
      <p className="faint">{t("callbacks.othersText")}</p>
      <div className="cards">
        {addresses.map((address) => (
          <section className="filing" key={address.id} data-kind={address.kind}>
            <header>
              <h3>{t(`callbacks.kind.${address.kind}`)}</h3>
              <HealthTag address={address} />
            </header>
            <div className="faint mono">{address.subject}</div>
            <Facts address={address} />
            <Link to={`/callbacks/${address.id}`}>{t("callbacks.log")}</Link>
          </section>
        ))}
      </div>
    </Card>
  );
}

/** 智能信息回执地址配置: where receipts go, whether they arrive, and what to do when they do not. */
export function Callbacks() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { data, error, isPending, refetch } = useCallbacks();
  const [editing, setEditing] = useState<TenantKind | null>(null);
  const of = (kind: string) => data?.items.find((address) => address.kind === kind);
  const others = data?.items.filter(({ kind }) => kind === "sms.uplink" || kind === "video.template") ?? [];
  const groups = [
    { key: "aim", title: t("callbacks.aim"), kinds: AIM_KINDS },
    { key: "video", title: t("callbacks.video"), kinds: VIDEO_KINDS },
  ] as const;
  return (
    <Page title={t("callbacks.menu")} note={t("callbacks.note")} crumbs={[{ text: t("menuGroup.aimConfig") }, { text: t("callbacks.menu") }]}>
      {!may(session, "kooMessage:devCallback:create") && <Alert type="info" showIcon title={t("callbacks.onlyAdmin")} />}
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && (
        <Card>
          <Skeleton active />
        </Card>
      )}
      {data !== undefined && (
        <>
          {groups.map(({ key, title, kinds }) => (
            <Card key={key} title={title}>
              <div className="cards">
                {kinds.map((kind) => (
                  <KindCard key={kind} kind={kind} address={of(kind)} edit={() => setEditing(kind)} />
                ))}
              </div>
            </Card>
          ))}
          <Others addresses={others} />
        </>
      )}
      <AddressDrawer kind={editing} old={editing === null ? undefined : of(editing)} close={() => setEditing(null)} />
    </Page>
  );
}
