import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form } from "antd";
import { useTranslation } from "react-i18next";

import { type ItemValues, MAX_ITEMS, MAX_SUB_ITEMS, MAX_SUB_UNITS, maxUnits, type MenuValues } from "@/rooms/service_accounts/accountForm";
import { ItemFields } from "@/rooms/service_accounts/ItemFields";
import { ACTIONS, PLAIN_ACTIONS } from "@/rooms/service_accounts/words";

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
                <ItemFields name={name} item={items[name]} units={MAX_SUB_UNITS} actions={PLAIN_ACTIONS} />
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
