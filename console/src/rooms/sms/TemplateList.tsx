import { PlusOutlined } from "@ant-design/icons";
import { Button, Card } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { may, useSignedIn } from "@/rooms/identity/session";
import { useListQuery } from "@/rooms/sms/list";
import { MissingNotice, useMissing } from "@/rooms/sms/Preconditions";
import { acts, type Template, useAct, useTemplates } from "@/rooms/sms/queries";
import { TemplateActions } from "@/rooms/sms/TemplateActions";
import { TemplateDrawer } from "@/rooms/sms/TemplateDrawer";
import { SMS_TYPES, TEMPLATE_STATUSES, TEMPLATE_TONES } from "@/rooms/sms/words";

const NAME_CHARS = 30;
const ID_CHARS = 18;
const AT_ONCE = 50;

function useTemplateFilters(): Filter[] {
  const { t } = useTranslation();
  return [
    { kind: "text", name: "name", label: t("sms.template.name"), maxLength: NAME_CHARS },
    { kind: "text", name: "id", label: t("sms.template.id"), maxLength: ID_CHARS, inputMode: "numeric", width: 120 },
    {
      kind: "choices",
      name: "state",
      label: t("sms.state"),
      choices: TEMPLATE_STATUSES.map((value) => ({ value, label: t(`sms.templateState.${value}`) })),
    },
    {
      kind: "choices",
      name: "type",
      isSingle: true,
      width: 120,
      label: t("sms.template.type"),
      choices: SMS_TYPES.map((value) => ({ value, label: t(`sms.typeName.${value}`) })),
    },
    { kind: "days", label: t("sms.created") },
  ];
}

function useColumns(open: (templateId: string) => void): DataColumn<Template>[] {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  return [
    { key: "name", title: t("sms.template.name"), width: 170, isAlways: true, sort: "name", render: (row) => row.template_name },
    { key: "id", title: t("sms.template.id"), width: 100, render: (row) => <span className="mono">{row.template_id}</span> },
    {
      key: "state",
      title: t("sms.state"),
      width: 140,
      render: ({ status, review_desc: reason, is_asked_back: isAskedBack }) => (
        <StateTag
          state={status}
          tone={TEMPLATE_TONES[status]}
          text={t(`sms.templateState.${status}`)}
          isAskedBack={isAskedBack}
          reason={reason}
        />
      ),
    },
    { key: "type", title: t("sms.template.type"), width: 90, render: (row) => t(`sms.typeName.${row.template_type}`) },
    { key: "signature", title: t("sms.template.signature"), width: 130, render: (row) => row.signature_name },
    {
      key: "content",
      title: t("sms.template.content"),
      width: 260,
      render: (row) => <span style={{ overflowWrap: "anywhere" }}>{row.template_content}</span>,
    },
    {
      key: "created",
      title: t("sms.created"),
      width: 172,
      sort: "created_at",
      render: (row) => <span className="nowrap">{formatTime(row.created_at, zone)}</span>,
    },
    {
      key: "actions",
      title: t("list.actions"),
      width: 230,
      isAlways: true,
      render: (row) => <TemplateActions template={row} open={() => open(row.template_id)} />,
    },
  ];
}

/** 短消息模板管理: what phones show as text. */
export function TemplateList() {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  const [params] = useFilters();
  const [openId, setOpenId] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const filters = useTemplateFilters();
  const columns = useColumns(setOpenId);
  const list = useTemplates({
    ...useListQuery(),
    template_id: params.get("id") ?? undefined,
    state: readChoices(params, "state", TEMPLATE_STATUSES),
    type: readChoices(params, "type", SMS_TYPES)[0],
  });
  const missing = useMissing("template");
  const mayDelete = may(session, "kooMessage:aimMsgTemplate:delete");
  const isTooMany = chosen.length > AT_ONCE;
  const add = may(session, "kooMessage:aimMsgTemplate:create") && (
    <Button
      type="primary"
      icon={<PlusOutlined aria-hidden />}
      disabled={missing !== null}
      onClick={() => void navigate("/sms-templates/new")}
    >
      {t("sms.template.add")}
    </Button>
  );
  return (
    <Page
      title={t("sms.template.menu")}
      note={t("sms.template.note")}
      crumbs={[{ text: t("menuGroup.smsConfig") }, { text: t("sms.template.menu") }]}
      actions={add}
    >
      <MissingNotice missing={missing} />
      <Card>
        <FilterBar name="sms-templates" filters={filters} />
      </Card>
      <DataTable<Template>
        name="sms-templates"
        columns={columns}
        rowKey={(row) => row.template_id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("sms.template.none"), note: t("sms.template.noneNote") }}
        selection={mayDelete ? { keys: chosen, onChange: setChosen } : undefined}
        actions={
          mayDelete &&
          chosen.length > 0 && (
            <ConfirmAction
              isDanger
              text={t("sms.template.deleteMany", { count: chosen.length })}
              ask={t("sms.template.deleteManyAsk", { count: chosen.length })}
              consequence={
                <>
                  <p>{t("sms.template.deleteText")}</p>
                  {!isTooMany && <Waiting what="sms_template" ids={chosen} />}
                </>
              }
              isDisabled={isTooMany}
              title={isTooMany ? t("sms.template.deleteTooMany", { limit: AT_ONCE }) : undefined}
              act={async () => {
                await act(() => acts.deleteTemplates(chosen));
                setChosen([]);
              }}
              done={t("sms.template.deleted")}
            />
          )
        }
      />
      <TemplateDrawer templateId={openId} close={() => setOpenId(null)} />
    </Page>
  );
}
