import { Alert, App, Button, Card, Form } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";

import { Page } from "@/kit/Page";
import { ServerForm } from "@/kit/ServerForm";
import { Trouble, useProblemText } from "@/kit/Trouble";
import { useCard } from "@/rooms/campaigns/send/queries";
import { may, useSignedIn } from "@/rooms/identity/session";
import { MissingStep } from "@/rooms/overview/Missing";
import { JumpUrlField } from "@/rooms/short_links/JumpUrlField";
import { CardField, DomainField, GroupFields, TaskFields } from "@/rooms/short_links/LinkFields";
import { FileRowsField, SourceField } from "@/rooms/short_links/FileRowsField";
import { INITIAL, type LinkValues, RENAMED, wantedOf } from "@/rooms/short_links/linkForm";
import { type ResolveTask, useCreateLinks, useLinkDomains } from "@/rooms/short_links/queries";
import { columnsOf } from "@/rooms/short_links/rows";
import { RowsField } from "@/rooms/short_links/RowsField";
import { CardPhone } from "@/rooms/smart/CardPhone";

const AT_ONCE = 100;

/** Says that a card cannot be read, and reads it again on demand. */
function CardTrouble({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  return (
    <Alert
      type="error"
      showIcon
      data-card-trouble
      title={t("short_links.form.cardTrouble", { reason: textOf(error) })}
      action={
        <Button size="small" onClick={retry}>
          {t("error.retry")}
        </Button>
      }
      style={{ marginBottom: 24 }}
    />
  );
}

/** 生成解析标识: links for messages that one sends oneself. */
export function LinkForm() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const { mutateAsync: create } = useCreateLinks();
  const { data, error, isPending, refetch } = useLinkDomains({ state: ["active"], limit: AT_ONCE });
  const domains = data?.items ?? [];
  const first = params.get("card") ?? undefined;
  const [values, setValues] = useState<Partial<LinkValues>>({ ...INITIAL, card_template_id: first });
  const { data: card, error: cardError, refetch: readCard } = useCard(values.card_template_id);
  const hasOwnCodes = domains.find(({ domain }) => domain === values.domain)?.kind === "custom";
  const names = card?.params.map(({ name }) => name) ?? [];
  const chosen = { params: names, hasOwnCodes, heading: t("short_links.column.cust_flag") };
  const mayUpload = may(session, "hongyan:numberFile:create");
  const preset = domains.find((one) => one.is_preset)?.domain;
  return (
    <Page
      title={t("short_links.form.title")}
      note={t("short_links.use")}
      crumbs={[{ text: t("menuGroup.aimTasks") }, { text: t("short_links.task.menu"), to: "/resolve-tasks" }, { text: t("short_links.form.title") }]}
    >
      <MissingStep form="links" />
      <div className="wizard">
        <Card>
          {data === undefined ? (
            !isPending && <Trouble error={error} retry={() => void refetch()} />
          ) : (
            <ServerForm<LinkValues, ResolveTask>
              name="links"
              initialValues={{ ...INITIAL, card_template_id: first, domain: preset }}
              renamed={RENAMED}
              submit={(filled) => create(wantedOf(filled, chosen))}
              onDone={(task) => {
                message.success(t("short_links.form.done", { count: task.made }));
                void navigate(`/resolve-tasks/${task.task_id}`);
              }}
              // Of fields that are not shown now the form says nothing, and yet keeps what was chosen.
              onValuesChange={(_, shown) => setValues((before) => ({ ...before, ...shown }))}
              // Without its card nobody knows which columns the rows have.
              isDisabled={values.card_template_id !== undefined && card === undefined}
              submitText={t("short_links.form.submit")}
              cancel={() => void navigate("/resolve-tasks")}
            >
              <CardField />
              {card === undefined && cardError !== null && <CardTrouble error={cardError} retry={() => void readCard()} />}
              <Form.Item label={t("short_links.form.codeType")}>{t("short_links.form.codeTypeLink")}</Form.Item>
              <TaskFields />
              <DomainField domains={domains} isLoading={isPending} />
              {values.kind === "group" ? (
                <GroupFields hasOwnCodes={hasOwnCodes} />
              ) : (
                <>
                  {!hasOwnCodes && <JumpUrlField name="custom_url" label={t("short_links.form.urlAll")} hint={t("short_links.form.urlAllHint")} />}
                  {mayUpload && <SourceField />}
                  {values.source === "file" ? (
                    <FileRowsField card={values.card_template_id} hasOwnCodes={hasOwnCodes} />
                  ) : (
                    <RowsField
                      columns={columnsOf(names, hasOwnCodes)}
                      examples={Object.fromEntries(card?.params.map(({ name, example }) => [name, example]) ?? [])}
                    />
                  )}
                </>
              )}
            </ServerForm>
          )}
        </Card>
        <aside>
          <Card title={t("campaigns.send.preview")}>
            {card === undefined ? (
              <p className="faint" style={{ width: 300 }}>{t("short_links.form.previewLater")}</p>
            ) : (
              <CardPhone
                key={card.tpl_id}
                tplId={card.tpl_id}
                vendors={card.vendors.map(({ vendor, is_enabled: isOn }) => ({ vendor, verdict: isOn ? "enabled" : "waiting", reason: "" }))}
              />
            )}
          </Card>
        </aside>
      </div>
    </Page>
  );
}
