import { Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { urlOfLetter } from "@/rooms/enterprises/queries";
import { AreaField } from "@/rooms/service_accounts/AreaField";
import { PictureField } from "@/rooms/service_accounts/PictureField";
import { SignField } from "@/rooms/service_accounts/SignField";
import { INDUSTRIES } from "@/rooms/service_accounts/words";

const NAME_CHARS = 15;
const ABSTRACT_CHARS = 75;
const MAX_PROOFS = 6;

/** 第一步 基本资料. */
export function FactsFields() {
  const { t } = useTranslation();
  const isAuto = Form.useWatch<boolean | undefined>("auto_get_port");
  return (
    <>
      <Form.Item
        name="pub_name"
        label={t("service_accounts.account.name")}
        extra={t("service_accounts.account.nameHint")}
        rules={[{ required: true, whitespace: true, message: t("service_accounts.account.nameMissing") }]}
      >
        <Input maxLength={NAME_CHARS} showCount style={{ maxWidth: 420 }} />
      </Form.Item>
      <Form.Item name="pub_remark" label={t("service_accounts.account.remark")} extra={t("service_accounts.account.remarkHint")}>
        <Input maxLength={NAME_CHARS} showCount style={{ maxWidth: 420 }} />
      </Form.Item>
      <Form.Item name="industry" label={t("service_accounts.account.industry")} extra={t("service_accounts.account.industryHint")}>
        <Select
          allowClear
          placeholder={t("service_accounts.account.industryFiled")}
          options={INDUSTRIES.map((one) => ({ value: Number(one), label: t(`service_accounts.industry.${one}`) }))}
          style={{ maxWidth: 420 }}
        />
      </Form.Item>
      <Form.Item
        name="pub_abstract"
        label={t("service_accounts.account.abstract")}
        rules={[{ required: true, whitespace: true, message: t("service_accounts.account.abstractMissing") }]}
      >
        <Input.TextArea rows={2} maxLength={ABSTRACT_CHARS} showCount />
      </Form.Item>
      <Form.Item
        name="logo_img"
        label={t("service_accounts.account.logo")}
        rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.account.logoMissing") }]}
      >
        <PictureField use="PUB_LOGO" hint={t("service_accounts.account.logoHint")} />
      </Form.Item>
      <Form.Item name="auto_get_port" label={t("service_accounts.account.auto")} valuePropName="checked" extra={t(isAuto === true ? "service_accounts.account.autoOn" : "service_accounts.account.autoOff")}>
        <Switch />
      </Form.Item>
      {isAuto === true && (
        <>
          <Form.Item
            name="signs_for_auto_get_port"
            label={t("service_accounts.account.signs")}
            extra={t("service_accounts.signsHint")}
            rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.signsMissing") }]}
          >
            <SignField />
          </Form.Item>
          <Form.Item name="areas_for_auto_get_port" label={t("service_accounts.areas")} extra={t("service_accounts.areasHint")}>
            <AreaField />
          </Form.Item>
        </>
      )}
      <Form.Item
        name="authorization_files"
        label={t("service_accounts.account.proof")}
        rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.account.proofMissing") }]}
      >
        <PictureField
          use="OTHER"
          max={MAX_PROOFS}
          hint={t("service_accounts.account.proofHint")}
          sample={
            <a href={urlOfLetter("account_authorisation")} download>
              {t("service_accounts.account.proofSample")}
            </a>
          }
        />
      </Form.Item>
    </>
  );
}
