import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { type ItemValues, MAX_ITEMS, MAX_SUB_ITEMS, MAX_SUB_UNITS, maxUnits, type MenuValues, unitsOf } from "@/rooms/service_accounts/accountForm";
import { type Action, ACTIONS } from "@/rooms/service_accounts/words";

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
}

function ItemFields({ name, item, units, actions }: ItemFieldsProps) {
  const { t } = useTranslation();
  const tooLong = t("service_accounts.menu.nameLong", { units });
  return (
    <>
      <div className="account-row">
        <Form.Item
          name={[name, "name"]}
          label={t("service_accounts.menu.name")}
          extra={t("service_accounts.menu.nameHint", { units })}
          rules={[
            { required: true, whitespace: true, message: t("service_accounts.menu.nameMissing") },
            { validator: (_, value: string | undefined) => (unitsOf(value ?? "") > units ? Promise.reject(new Error(tooLong)) : Promise.resolve()) },
          ]}
        >
          <Input maxLength={24} />
        </Form.Item>
        <Form.Item name={[name, "action_type"]} label={t("service_accounts.menu.action")} required>
          <Select options={actions.map((value) => ({ value, label: t(`service_accounts.action.${value}`) }))} />
        </Form.Item>
      </div>
      <ActionFields name={name} action={item?.action_type ?? "OPEN_URL"} />
    </>
  );
}

const SUB_ACTIONS = ACTIONS.filter((action) => action !== "OPEN_SUBMENU");

function SubItems({ parent, items }: { parent: number; items: readonly (ItemValues | undefined)[] }) {
  const { t } = useTranslation();
  return (
    <Form.List name={[parent, "sub_menu_items"]}>
      {(fields, { add, remove }, { errors }) => (
        <>
          {fields.map(({ key, name }) => {
            const what = t("service_accounts.menu.subItem", { number: name + 1 });
            return (
              <div key={key} className="account-item">
                <header>
                  {what}
                  <Button type="text" size="small" danger icon={<DeleteOutlined aria-hidden />} disabled={fields.length === 1} aria-label={t("service_accounts.remove", { what })} onClick={() => remove(name)} />
                </header>
                <ItemFields name={name} item={items[name]} units={MAX_SUB_UNITS} actions={SUB_ACTIONS} />
              </div>
            );
          })}
          <Form.ErrorList errors={errors} />
          <Button size="small" icon={<PlusOutlined aria-hidden />} disabled={fields.length >= MAX_SUB_ITEMS} onClick={() => add({ action_type: "OPEN_URL" })} style={{ marginBottom: 12 }}>
            {t("service_accounts.menu.addSub", { max: MAX_SUB_ITEMS })}
          </Button>
        </>
      )}
    </Form.List>
  );
}

/** 第二步 菜单: what stands at the bottom of the terminal. */
export function MenuFields() {
  const { t } = useTranslation();
  const form = Form.useFormInstance<MenuValues>();
  // Nothing is watched before the form has drawn its fields.
  const items = (Form.useWatch("menu_items", form) as (ItemValues | undefined)[] | undefined) ?? [];
  return (
    <Form.List name="menu_items">
      {(fields, { add, remove }, { errors }) => (
        <>
          <p className="faint">{t("service_accounts.menu.hint")}</p>
          {fields.map(({ key, name }) => {
            const what = t("service_accounts.menu.item", { number: name + 1 });
            return (
              <section key={key} className="account-item" aria-label={what}>
                <header>
                  {what}
                  <Button type="text" size="small" danger icon={<DeleteOutlined aria-hidden />} disabled={fields.length === 1} aria-label={t("service_accounts.remove", { what })} onClick={() => remove(name)} />
                </header>
                <ItemFields name={name} item={items[name]} units={maxUnits(fields.length)} actions={ACTIONS} />
                {items[name]?.action_type === "OPEN_SUBMENU" && <SubItems parent={name} items={items[name].sub_menu_items ?? []} />}
              </section>
            );
          })}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined aria-hidden />} disabled={fields.length >= MAX_ITEMS} onClick={() => add({ action_type: "OPEN_URL" })}>
            {t("service_accounts.menu.add", { max: MAX_ITEMS })}
          </Button>
        </>
      )}
    </Form.List>
  );
}
