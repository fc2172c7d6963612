import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Descriptions, Drawer, Form, Input, Modal, Space, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { saveText } from "@/kit/csv";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { StateTag } from "@/kit/StateTag";
import { useWholeList } from "@/kit/wholeList";
import { KeyActions } from "@/rooms/identity/KeyActions";
import { type AccessKey, acts, type NewKey, useAct, useKeys } from "@/rooms/identity/queries";
import { SecretOnce } from "@/rooms/identity/SecretOnce";
import { keyCsv } from "@/rooms/identity/secrets";
import { may, useSignedIn } from "@/rooms/identity/session";

const DESCRIPTION_CHARS = 100;
const STATES = ["active", "disabled"] as const;

function ShownOnce({ made: { key, sk }, owner, close }: { made: NewKey; owner: string; close: () => void }) {
  const { t } = useTranslation();
  const csv = keyCsv(owner, key.ak, sk);
  return (
    <SecretOnce
      title={t("identity.keys.shownTitle")}
      warning={t("identity.keys.shownText")}
      text={sk}
      save={{ text: t("identity.keys.download"), go: () => saveText(`credentials-${key.ak}.csv`, csv, "text/csv") }}
      saved={t("identity.keys.saved")}
      close={close}
    >
      <Descriptions
        column={1}
        items={[
          { key: "ak", label: t("identity.keys.ak"), children: <Typography.Text code>{key.ak}</Typography.Text> },
          { key: "sk", label: t("identity.keys.sk"), children: <Typography.Text code data-secret>{sk}</Typography.Text> },
        ]}
      />
    </SecretOnce>
  );
}

function RotateDialog({ pair, onMade, close }: { pair: AccessKey; onMade: (made: NewKey) => void; close: () => void }) {
  const { t } = useTranslation();
  const act = useAct();
  return (
    <Modal open title={t("identity.keys.rotateAsk", { ak: pair.ak })} footer={null} onCancel={close}>
      <p>{t("identity.keys.rotateText")}</p>
      <p>{t("identity.keys.rotateOverlap")}</p>
      <ServerForm<object, NewKey>
        name="rotate"
        guard={false}
        submit={() => act(() => acts.rotateKey(pair.ak))}
        onDone={onMade}
        submitText={t("identity.keys.rotateSubmit")}
        isDanger
        cancel={close}
      >
        {null}
      </ServerForm>
    </Modal>
  );
}

/** 访问密钥: pairs that sign API requests. */
export function AccessKeys() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const act = useAct();
  const [params] = useFilters();
  const [isAdding, setAdding] = useState(false);
  const [rotated, setRotated] = useState<AccessKey | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  const seesAll = may(session, "hongyan:user:edit");

  const filters: Filter[] = [
    { kind: "text", name: "text", label: t("identity.keys.find"), maxLength: DESCRIPTION_CHARS },
    { kind: "choices", name: "state", label: t("identity.keys.state"), isSingle: true, width: 130, choices: STATES.map((value) => ({ value, label: t(`identity.keys.${value}`) })) },
  ];
  const text = (params.get("text") ?? "").toLowerCase();
  const [state] = readChoices(params, "state", STATES);
  const list = useWholeList(useKeys(), {
    keep: (key) =>
      (state === undefined || key.state === state) &&
      [key.ak, key.description, key.user_name].some((one) => one.toLowerCase().includes(text)),
    sorts: {
      owner: (key) => key.user_name,
      description: (key) => key.description,
      last_used_at: (key) => key.last_used_at,
      created_at: (key) => key.created_at,
    },
  });

  function show(pair: NewKey): void {
    setAdding(false);
    setRotated(null);
    setMade(pair);
  }

  const columns: DataColumn<AccessKey>[] = [
    { key: "ak", title: t("identity.keys.ak"), width: 230, isAlways: true, render: ({ ak }) => <Typography.Text code>{ak}</Typography.Text> },
    { key: "description", title: t("identity.keys.description"), width: 180, sort: "description", render: ({ description }) => <span style={{ overflowWrap: "anywhere" }}>{description === "" ? "–" : description}</span> },
    {
      key: "state",
      title: t("identity.keys.state"),
      width: 90,
      render: ({ state }) => <StateTag state={state} tone={state === "active" ? "good" : "left"} text={t(`identity.keys.${state}`)} />,
    },
    {
      key: "used",
      title: t("identity.keys.used"),
      width: 172,
      sort: "last_used_at",
      render: ({ last_used_at: at }) => <span className="nowrap">{at === null ? t("identity.keys.never") : formatTime(at, zone)}</span>,
    },
    { key: "created", title: t("identity.keys.created"), width: 172, sort: "created_at", render: (key) => <span className="nowrap">{formatTime(key.created_at, zone)}</span> },
    {
      key: "actions",
      title: t("list.actions"),
      width: 190,
      isAlways: true,
      render: (key) => <KeyActions pair={key} zone={zone} rotate={() => setRotated(key)} />,
    },
  ];
  if (seesAll) {
    columns.splice(1, 0, { key: "owner", title: t("identity.keys.owner"), width: 140, sort: "owner", render: (key) => key.user_name });
  }
  const add = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t("identity.keys.add")}
    </Button>
  );
  return (
    <Page title={t("identity.menu.keys")} note={t("identity.keys.note")}>
      <Card>
        <FilterBar name="access-keys" filters={filters} />
      </Card>
      <DataTable<AccessKey>
        name="access-keys"
        columns={columns}
        rowKey={({ ak }) => ak}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("identity.keys.empty"), note: t("identity.keys.emptyNote") }}
        actions={<Space>{add}</Space>}
      />
      <Drawer open={isAdding} onClose={() => setAdding(false)} title={t("identity.keys.add")} size={480} destroyOnHidden>
        <ServerForm<{ description?: string }, NewKey>
          name="access-key"
          guard={false}
          submit={({ description = "" }) => act(() => acts.createKey(description.trim()))}
          onDone={show}
          submitText={t("identity.ok")}
          cancel={() => setAdding(false)}
        >
          <Form.Item name="description" label={t("identity.keys.description")} extra={t("identity.keys.descriptionHint")}>
            <Input maxLength={DESCRIPTION_CHARS} showCount />
          </Form.Item>
        </ServerForm>
      </Drawer>
      {rotated !== null && <RotateDialog pair={rotated} onMade={show} close={() => setRotated(null)} />}
      {made !== null && <ShownOnce made={made} owner={made.key.user_name} close={() => setMade(null)} />}
    </Page>
  );
}
