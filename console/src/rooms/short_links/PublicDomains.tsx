import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Drawer, Form, Input, Space, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { StateTag } from "@/kit/StateTag";
import { useWholeList } from "@/kit/wholeList";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { useSignedIn } from "@/rooms/identity/session";
import { DomainCheckButton } from "@/rooms/short_links/DomainCheckButton";
import { type PublicDomain, publicDomainActs, usePublicDomainAct, usePublicDomains } from "@/rooms/short_links/publicQueries";
import { DOMAIN_TONES } from "@/rooms/short_links/words";
import { PublicVendorTags } from "@/rooms/smart/PublicVendorTags";

const DOMAIN_CHARS = 100;

/** 新增公共域名: usable at once, and handed in at the handset vendors. */
function NewPublicDomain({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = usePublicDomainAct();
  return (
    <Drawer open={isOpen} onClose={close} title={t("short_links.platform.add")} size={520} destroyOnHidden>
      {isOpen && (
        <ServerForm<{ domain: string }>
          name="public-domain"
          guard={false}
          submit={({ domain }) => act(() => publicDomainActs.add(domain.trim()))}
          onDone={() => {
            message.success(t("short_links.platform.added"));
            close();
          }}
          submitText={t("sms.ok")}
          cancel={close}
        >
          <Form.Item
            name="domain"
            label={t("short_links.domain.name")}
            extra={t("short_links.domain.nameHint")}
            rules={[{ required: true, whitespace: true, message: t("short_links.domain.nameMissing") }]}
          >
            <Input maxLength={DOMAIN_CHARS} inputMode="url" />
          </Form.Item>
          <p className="faint">{t("short_links.platform.steps")}</p>
        </ServerForm>
      )}
    </Drawer>
  );
}

/** What can be done with a domain: make it the default, hand it in again, take it out of use, use it again. */
function Actions({ row }: { row: PublicDomain }) {
  const { t } = useTranslation();
  const act = usePublicDomainAct();
  const { domain_id: id, domain: name, state, is_preset: isPreset } = row;
  const isActive = state === "active";
  const isEverywhere = row.at_vendors.every(({ verdict }) => verdict === "enabled");
  return (
    <Space size={0} wrap>
      <DomainCheckButton domain={row} check={publicDomainActs.check} />
      {isActive && !isEverywhere && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("short_links.platform.submit")}
          ask={t("short_links.platform.submitAsk", { name })}
          consequence={t("short_links.platform.submitText")}
          act={() => act(() => publicDomainActs.submit(id))}
          done={t("short_links.platform.submitted")}
        />
      )}
      {isActive && !isPreset && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("short_links.platform.makePreset")}
          ask={t("short_links.platform.presetAsk", { name })}
          consequence={t("short_links.platform.presetText")}
          act={() => act(() => publicDomainActs.preset(id))}
          done={t("action.done")}
        />
      )}
      {isActive && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          isDisabled={isPreset}
          title={isPreset ? t("short_links.platform.presetStays") : undefined}
          text={t("short_links.domain.disable")}
          ask={t("short_links.domain.disableAsk", { name })}
          consequence={<Waiting what="link_domain" ids={[name]} />}
          takes={[t("short_links.domain.disableLinks"), t("short_links.platform.disableSends")]}
          typed={name}
          act={() => act(() => publicDomainActs.setUse(id, false))}
          done={t("short_links.domain.disabledDone")}
        />
      )}
      {state === "disabled" && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("short_links.platform.enable")}
          ask={t("short_links.platform.enableAsk", { name })}
          consequence={t("short_links.platform.enableText")}
          act={() => act(() => publicDomainActs.setUse(id, true))}
          done={t("action.done")}
        />
      )}
    </Space>
  );
}

/** 公共域名: where links of every tenant may live. */
export function PublicDomains() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [isAdding, setAdding] = useState(false);
  const list = useWholeList(usePublicDomains(), {
    sorts: { domain: (row) => row.domain, state: (row) => row.state, created_at: (row) => row.created_at },
  });
  const columns: DataColumn<PublicDomain>[] = [
    {
      key: "domain",
      title: t("short_links.domain.name"),
      width: 200,
      isAlways: true,
      sort: "domain",
      render: ({ domain, is_preset: isPreset }) => (
        <Space size={6} wrap>
          <span className="mono" style={{ overflowWrap: "anywhere" }}>{domain}</span>
          {isPreset && <Tag color="blue">{t("short_links.platform.preset")}</Tag>}
        </Space>
      ),
    },
    {
      key: "state",
      title: t("short_links.domain.state"),
      width: 100,
      sort: "state",
      render: ({ state }) => <StateTag state={state} tone={DOMAIN_TONES[state]} text={t(state === "active" ? "short_links.platform.active" : `short_links.domainState.${state}`)} />,
    },
    { key: "vendors", title: t("short_links.platform.vendors"), width: 240, render: (row) => <PublicVendorTags vendors={row.at_vendors} /> },
    { key: "created", title: t("sms.created"), width: 172, sort: "created_at", render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span> },
    { key: "actions", title: t("list.actions"), width: 240, isAlways: true, render: (row) => <Actions row={row} /> },
  ];
  return (
    <Page
      title={t("short_links.platform.menu")}
      note={t("short_links.platform.note")}
      crumbs={[{ text: t("menuGroup.platform") }, { text: t("short_links.platform.menu") }]}
      actions={
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
          {t("short_links.platform.add")}
        </Button>
      }
    >
      <DataTable<PublicDomain>
        name="public-domains"
        columns={columns}
        rowKey={(row) => String(row.domain_id)}
        list={list}
        empty={{ text: t("short_links.domain.none"), note: t("short_links.platform.noneNote") }}
      />
      <NewPublicDomain isOpen={isAdding} close={() => setAdding(false)} />
    </Page>
  );
}
