import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import { MAX_APPS, MAX_TELS } from "@/rooms/service_accounts/accountForm";
import { PictureField } from "@/rooms/service_accounts/PictureField";

const SUMMARY_CHARS = 75;
const QUICK = "hap://app/";

/** 热线电话. */
function Tels() {
  const { t } = useTranslation();
  const missing = { required: true, whitespace: true, message: t("service_accounts.menu.missing") };
  return (
    <Form.List name="tels">
      {(fields, { add, remove }, { errors }) => (
        <>
          <h3>{t("service_accounts.portal.tels")}</h3>
          {fields.map(({ key, name }) => {
            const what = t("service_accounts.portal.telOf", { number: name + 1 });
            return (
              <div key={key} className="account-item">
                <header>
                  {what}
                  <Button type="text" size="small" danger icon={<DeleteOutlined aria-hidden />} aria-label={t("service_accounts.remove", { what })} onClick={() => remove(name)} />
                </header>
                <div className="account-row">
                  <Form.Item
                    name={[name, "tel"]}
                    label={t("service_accounts.portal.tel")}
                    rules={[missing, { pattern: /^\d+-?\d+$/, message: t("service_accounts.portal.telWrong") }]}
                  >
                    <Input maxLength={20} inputMode="tel" />
                  </Form.Item>
                  <Form.Item name={[name, "usage"]} label={t("service_accounts.portal.usage")} rules={[missing]}>
                    <Input maxLength={30} />
                  </Form.Item>
                </div>
              </div>
            );
          })}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined aria-hidden />} disabled={fields.length >= MAX_TELS} onClick={() => add({})} style={{ marginBottom: 16 }}>
            {t("service_accounts.portal.addTel", { max: MAX_TELS })}
          </Button>
        </>
      )}
    </Form.List>
  );
}

/** 快应用. */
function FastApps() {
  const { t } = useTranslation();
  const missing = { required: true, whitespace: true, message: t("service_accounts.menu.missing") };
  return (
    <Form.List name="fastapps">
      {(fields, { add, remove }, { errors }) => (
        <>
          <h3>{t("service_accounts.portal.apps")}</h3>
          {fields.map(({ key, name }) => {
            const what = t("service_accounts.portal.appOf", { number: name + 1 });
            return (
              <div key={key} className="account-item">
                <header>
                  {what}
                  <Button type="text" size="small" danger icon={<DeleteOutlined aria-hidden />} aria-label={t("service_accounts.remove", { what })} onClick={() => remove(name)} />
                </header>
                <div className="account-row">
                  <Form.Item name={[name, "name"]} label={t("service_accounts.portal.appName")} rules={[missing, { pattern: /^[^\s*-]+$/, message: t("service_accounts.portal.appNameWrong") }]}>
                    <Input maxLength={15} showCount />
                  </Form.Item>
                  <Form.Item name={[name, "depend_engine_version"]} label={t("service_accounts.menu.engine")} rules={[missing]}>
                    <Input maxLength={50} placeholder="1078" />
                  </Form.Item>
                </div>
                <Form.Item name={[name, "description"]} label={t("service_accounts.portal.appDesc")} extra={t("service_accounts.portal.appDescHint")} rules={[missing]}>
                  <Input maxLength={38} />
                </Form.Item>
                <Form.Item name={[name, "deeplink"]} label={t("service_accounts.menu.quick")} rules={[missing, { pattern: /^hap:\/\/app\/\S*$/, message: t("service_accounts.portal.appLinkWrong") }]}>
                  <Input maxLength={1000} placeholder={QUICK} />
                </Form.Item>
                <Form.Item name={[name, "logo_img"]} label={t("service_accounts.portal.appLogo")} rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.portal.appLogoMissing") }]}>
                  <PictureField use="FASTAPP_LOGO" hint={t("service_accounts.portal.appLogoHint")} />
                </Form.Item>
              </div>
            );
          })}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined aria-hidden />} disabled={fields.length >= MAX_APPS} onClick={() => add({})}>
            {t("service_accounts.portal.addApp", { max: MAX_APPS })}
          </Button>
        </>
      )}
    </Form.List>
  );
}

/** 第三步 主页. */
export function PortalFields() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item
        name="background_img"
        label={t("service_accounts.portal.background")}
        rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.portal.backgroundMissing") }]}
      >
        <PictureField use="BG_IMAGE" hint={t("service_accounts.portal.backgroundHint")} />
      </Form.Item>
      <Form.Item name="summary" label={t("service_accounts.portal.summary")} rules={[{ required: true, whitespace: true, message: t("service_accounts.portal.summaryMissing") }]}>
        <Input.TextArea rows={2} maxLength={SUMMARY_CHARS} showCount />
      </Form.Item>
      <Tels />
      <FastApps />
    </>
  );
}
