import { Form, Input, InputNumber, Radio, Select, Space, Tag, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useCardPicker, useDomains } from "@/rooms/campaigns/send/queries";
import { type CardChoice, MAX_DAYS, NAME_CHARS, type SendValues } from "@/rooms/campaigns/send/values";
import { JumpUrlField } from "@/rooms/short_links/JumpUrlField";

function useCardOptions(name: string, chosen: string | undefined) {
  const { t } = useTranslation();
  const { own, preset, isLoading } = useCardPicker(name, chosen);
  const optionOf = (card: CardChoice) => ({ value: card.tpl_id, label: card.name, disabled: !card.is_active, card });
  const groups = [
    { label: t("campaigns.send.cardOwn"), title: "own", options: own.map(optionOf) },
    { label: t("campaigns.send.cardPublic"), title: "public", options: preset.map(optionOf) },
  ].filter(({ options }) => options.length > 0);
  return { groups, isLoading };
}

function CardOption({ card }: { card: CardChoice }) {
  const { t } = useTranslation();
  return (
    <Space size={4} wrap>
      <span>{card.name}</span>
      <small className="faint">{card.tpl_id}</small>
      {!card.is_active && <Tag>{t("campaigns.send.cardInactive")}</Tag>}
      {card.vendors.map(
        ({ vendor, is_enabled: isEnabled }) =>
          isEnabled && (
            <Tag key={vendor} variant="filled">
              {t(`campaigns.vendor.${vendor}`)}
            </Tag>
          ),
      )}
    </Space>
  );
}

function CardTemplateField() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const chosen = Form.useWatch<string | undefined>("card_template_id");
  const { groups, isLoading } = useCardOptions(wanted, chosen);
  return (
    <Form.Item
      name="card_template_id"
      label={t("campaigns.send.card")}
      rules={[{ required: true, message: t("campaigns.send.cardMissing") }]}
      extra={
        <>
          {t("campaigns.send.cardNote")} <Link to="/card-templates">{t("campaigns.send.addNow")}</Link>
        </>
      }
    >
      <Select
        showSearch={{ filterOption: false, onSearch: (text) => setWanted(text.trim()) }}
        loading={isLoading}
        placeholder={t("campaigns.send.cardChoose")}
        options={groups}
        optionRender={({ data }) => ("card" in data ? <CardOption card={data.card as CardChoice} /> : null)}
      />
    </Form.Item>
  );
}

function DomainField() {
  const { t } = useTranslation();
  const { data, isPending } = useDomains();
  const options = (data?.items ?? []).map(({ domain, is_public: isPublic }) => ({
    value: domain,
    label: t(isPublic ? "campaigns.send.domainPublic" : "campaigns.send.domainOwn", { domain }),
  }));
  return (
    <Form.Item
      name="domain"
      label={t("campaigns.send.domain")}
      rules={[{ required: true, message: t("campaigns.send.domainMissing") }]}
      extra={
        <>
          {t("campaigns.send.domainNote")} <Link to="/link-domains">{t("campaigns.send.addNow")}</Link>
        </>
      }
    >
      <Select loading={isPending} placeholder={t("campaigns.send.domainChoose")} options={options} />
    </Form.Item>
  );
}

function ValidityField() {
  const { t } = useTranslation();
  const kind = Form.useWatch<SendValues["validity"]>("validity");
  return (
    <>
      <Form.Item name="validity" label={t("campaigns.send.validity")} required>
        <Radio.Group
          options={[
            { value: "week", label: t("campaigns.send.validityWeek") },
            { value: "own", label: t("campaigns.send.validityOwn") },
          ]}
        />
      </Form.Item>
      {kind === "own" && (
        <Form.Item
          name="validity_days"
          label={t("campaigns.send.validityDays")}
          rules={[{ required: true, type: "integer", min: 1, max: MAX_DAYS, message: t("campaigns.send.validityRange") }]}
        >
          <InputNumber min={1} max={MAX_DAYS} precision={0} style={{ width: 120 }} />
        </Form.Item>
      )}
    </>
  );
}

/** 智能信息: the card, its link and how long it lives. */
export function CardFields() {
  const { t } = useTranslation();
  return (
    <>
      <CardTemplateField />
      <Form.Item label={t("campaigns.send.linkKind")} extra={t("campaigns.send.linkKindNote")}>
        <Typography.Text>{t("campaigns.send.linkKindPersonal")}</Typography.Text>
      </Form.Item>
      <DomainField />
      <ValidityField />
      <Form.Item
        name="name"
        label={t("campaigns.send.name")}
        rules={[{ required: true, whitespace: true, message: t("campaigns.send.nameMissing") }]}
      >
        <Input maxLength={NAME_CHARS} showCount placeholder={t("campaigns.send.namePlaceholder")} />
      </Form.Item>
      <JumpUrlField name="jump_url" label={t("campaigns.send.jump")} hint={t("campaigns.send.jumpNote")} />
    </>
  );
}
