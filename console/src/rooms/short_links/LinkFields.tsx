import { Form, Input, InputNumber, Radio, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useCardPicker, useSendables } from "@/rooms/campaigns/send/queries";
import type { CardChoice } from "@/rooms/campaigns/send/values";
import { JumpUrlField } from "@/rooms/short_links/JumpUrlField";
import { type LinkValues, MAX_DAYS, MAX_TIMES } from "@/rooms/short_links/linkForm";
import type { LinkDomain } from "@/rooms/short_links/queries";
import { NAME_CHARS } from "@/rooms/short_links/words";

const MAX_SIGNS = 5;
const CODE = /^[0-9A-Za-z]{3,10}$/;

/** The card; templates with parameters are for individual links only. */
export function CardField() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const chosen = Form.useWatch<string | undefined>("card_template_id");
  const { own, preset, isLoading } = useCardPicker(wanted, chosen);
  const optionOf = (card: CardChoice) => ({ value: card.tpl_id, label: `${card.name} (${card.tpl_id})`, disabled: !card.is_active });
  const options = [
    { label: t("campaigns.send.cardOwn"), title: "own", options: own.map(optionOf) },
    { label: t("campaigns.send.cardPublic"), title: "public", options: preset.map(optionOf) },
  ].filter((group) => group.options.length > 0);
  return (
    <Form.Item
      name="card_template_id"
      label={t("short_links.card")}
      rules={[{ required: true, message: t("short_links.form.cardMissing") }]}
      extra={<Link to="/card-templates">{t("short_links.form.cardAdd")}</Link>}
    >
      <Select
        showSearch={{ filterOption: false, onSearch: (text) => setWanted(text.trim()) }}
        loading={isLoading}
        placeholder={t("sms.choose")}
        options={options}
      />
    </Form.Item>
  );
}

export function DomainField({ domains, isLoading }: { domains: readonly LinkDomain[]; isLoading: boolean }) {
  const { t } = useTranslation();
  const options = domains.map(({ domain, is_public: isPublic, kind }) => ({
    value: domain,
    label: t(isPublic ? "short_links.form.domainPublic" : kind === "custom" ? "short_links.form.domainChosen" : "short_links.form.domainOwn", { domain }),
  }));
  return (
    <Form.Item
      name="domain"
      label={t("short_links.domain.name")}
      rules={[{ required: true, message: t("short_links.form.domainMissing") }]}
      extra={
        <>
          {t("short_links.form.domainHint")} <Link to="/link-domains">{t("short_links.form.domainAdd")}</Link>
        </>
      }
    >
      <Select loading={isLoading} placeholder={t("sms.choose")} options={options} />
    </Form.Item>
  );
}

function SignaturesField() {
  const { t } = useTranslation();
  const { data } = useSendables();
  const names = [...new Set((data?.items ?? []).map((row) => row.signature_name))];
  return (
    <Form.Item
      name="signatures"
      label={t("short_links.signs")}
      extra={t("short_links.form.signsHint")}
      rules={[{ required: true, type: "array", min: 1, max: MAX_SIGNS, message: t("short_links.form.signsMissing") }]}
    >
      <Select mode="tags" maxCount={MAX_SIGNS} tokenSeparators={[",", "，", " "]} options={names.map((value) => ({ value, label: value }))} />
    </Form.Item>
  );
}

/** What a task is called, of which kind its links are, how long they live and under which signatures. */
export function TaskFields() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<LinkValues>();
  const kind = (Form.useWatch("kind", form) as LinkValues["kind"] | undefined) ?? "individual";
  const most = MAX_DAYS[kind];
  return (
    <>
      <Form.Item name="name" label={t("short_links.task.name")} rules={[{ required: true, whitespace: true, message: t("short_links.form.nameMissing") }]}>
        <Input maxLength={NAME_CHARS} showCount />
      </Form.Item>
      <Form.Item name="kind" label={t("short_links.kind")} required extra={t(`short_links.form.kindHint.${kind}`)}>
        <Radio.Group
          options={[
            { value: "individual", label: t("short_links.kindName.individual") },
            { value: "group", label: t("short_links.kindName.group") },
          ]}
        />
      </Form.Item>
      <SignaturesField />
      <Form.Item
        name="days"
        label={t("short_links.days")}
        extra={t("short_links.form.daysHint", { most })}
        rules={[{ required: true, type: "integer", min: 1, max: most, message: t("short_links.form.daysRange", { most }) }]}
      >
        <InputNumber min={1} max={most} precision={0} suffix={t("short_links.form.daysUnit")} style={{ width: 140 }} />
      </Form.Item>
    </>
  );
}

/** What only the one link of a group has. */
export function GroupFields({ hasOwnCodes }: { hasOwnCodes: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item
        name="resolving_times"
        label={t("short_links.form.times")}
        extra={t("short_links.form.timesHint")}
        rules={[{ required: true, type: "integer", min: 2, max: MAX_TIMES, message: t("short_links.form.timesRange") }]}
      >
        <InputNumber min={2} max={MAX_TIMES} precision={0} style={{ width: 180 }} />
      </Form.Item>
      {hasOwnCodes ? (
        <Form.Item
          name="short_code"
          label={t("short_links.column.short_code")}
          extra={t("short_links.form.codeHint")}
          rules={[{ required: true, pattern: CODE, message: t("short_links.form.codeRule") }]}
        >
          <Input maxLength={10} style={{ width: 220 }} />
        </Form.Item>
      ) : (
        <JumpUrlField name="custom_url" label={t("short_links.column.custom_url")} hint={t("short_links.form.urlHint")} />
      )}
    </>
  );
}
