import { Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { type ItemValues, unitsOf } from "@/rooms/service_accounts/accountForm";
import type { Action } from "@/rooms/service_accounts/words";

const WEB = "https://";
const QUICK = "hap://app/";

interface ActionFieldsProps {
  /** Its place in the list that it is in. */
  name: number;
  action: Action;
}

/** What an action needs: an address, a number, an app. */
function ActionFields({ name, action }: ActionFieldsProps) {
  const { t } = useTranslation();
  const missing = { required: true, whitespace: true, message: t("service_accounts.menu.missing") };
  switch (action) {
    case "OPEN_SUBMENU":
      return null;
    case "OPEN_URL":
      return (
        <>
          <Form.Item name={[name, "content"]} label={t("service_accounts.menu.url")} rules={[missing, { pattern: /^https?:\/\/\S+$/, message: t("service_accounts.menu.urlWrong") }]}>
            <Input maxLength={1000} inputMode="url" placeholder={WEB} />
          </Form.Item>
          <Form.Item name={[name, "ext_msg", "open_in_browser"]} label={t("service_accounts.menu.outside")} valuePropName="checked">
            <Switch />
          </Form.Item>
          <Form.Item name={[name, "ext_msg", "web_title"]} label={t("service_accounts.menu.webTitle")} rules={[missing]}>
            <Input maxLength={20} showCount />
          </Form.Item>
        </>
      );
    case "CALLING":
      return (
        <Form.Item name={[name, "content"]} label={t("service_accounts.menu.phone")} rules={[missing, { pattern: /^\+?\d[\d-]{1,18}\d$/, message: t("service_accounts.menu.phoneWrong") }]}>
          <Input maxLength={20} inputMode="tel" />
        </Form.Item>
      );
    case "OPEN_APP":
      return (
        <>
          <Form.Item name={[name, "content"]} label={t("service_accounts.menu.deeplink")} rules={[missing]}>
            <Input maxLength={1000} />
          </Form.Item>
          <div className="account-row">
            <Form.Item name={[name, "ext_msg", "package_name"]} label={t("service_accounts.menu.package")} rules={[missing]}>
              <Input maxLength={50} />
            </Form.Item>
            <Form.Item name={[name, "ext_msg", "app_id"]} label={t("service_accounts.menu.appId")}>
              <Input maxLength={60} />
            </Form.Item>
          </div>
          <Form.Item name={[name, "ext_msg", "browser_floor_url"]} label={t("service_accounts.menu.floor")} extra={t("service_accounts.menu.floorHint")}>
            <Input maxLength={1000} inputMode="url" />
          </Form.Item>
        </>
      );
    case "OPEN_QUICK":
      return (
        <>
          <Form.Item name={[name, "content"]} label={t("service_accounts.menu.quick")} rules={[missing, { pattern: /^hap:\/\/\S+$/, message: t("service_accounts.menu.quickWrong") }]}>
            <Input maxLength={1000} placeholder={QUICK} />
          </Form.Item>
          <div className="account-row">
            <Form.Item name={[name, "ext_msg", "third_service_name"]} label={t("service_accounts.menu.service")} rules={[missing]}>
              <Input maxLength={50} />
            </Form.Item>
            <Form.Item name={[name, "ext_msg", "depend_engine_ver"]} label={t("service_accounts.menu.engine")} rules={[missing]}>
              <Input maxLength={50} placeholder="1078" />
            </Form.Item>
          </div>
        </>
      );
  }
}

interface ItemFieldsProps {
  name: number;
  item: ItemValues | undefined;
  /** Units that the name may have. */
  units: number;
  actions: readonly Action[];
  /** What the item is called, where it is no menu. */
  labels?: { name: string; action: string };
}

/** A menu item or a shortcut key: its name, its action and what that needs. */
export function ItemFields({ name, item, units, actions, labels }: ItemFieldsProps) {
  const { t } = useTranslation();
  const tooLong = t("service_accounts.menu.nameLong", { units });
  return (
    <>
      <div className="account-row">
        <Form.Item
          name={[name, "name"]}
          label={labels?.name ?? t("service_accounts.menu.name")}
          extra={t("service_accounts.menu.nameHint", { units })}
          rules={[
            { required: true, whitespace: true, message: t(labels === undefined ? "service_accounts.menu.nameMissing" : "service_accounts.shortcut.nameMissing") },
            { validator: (_, value: string | undefined) => (unitsOf(value ?? "") > units ? Promise.reject(new Error(tooLong)) : Promise.resolve()) },
          ]}
        >
          <Input maxLength={24} />
        </Form.Item>
        <Form.Item name={[name, "action_type"]} label={labels?.action ?? t("service_accounts.menu.action")} required>
          <Select options={actions.map((value) => ({ value, label: t(`service_accounts.action.${value}`) }))} />
        </Form.Item>
      </div>
      <ActionFields name={name} action={item?.action_type ?? "OPEN_URL"} />
    </>
  );
}
