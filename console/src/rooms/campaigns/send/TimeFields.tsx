import { DatePicker, Form, Radio } from "antd";
import { useTranslation } from "react-i18next";

import { isPastDay } from "@/kit/zones";
import { MAX_TEST, type SendValues } from "@/rooms/campaigns/send/values";
import { useSignedIn } from "@/rooms/identity/session";

/** 发送类型 and 试发测试. */
export function TimeFields() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const form = Form.useFormInstance<SendValues>();
  const when = Form.useWatch<SendValues["when"]>("when");
  return (
    <>
      <Form.Item name="when" label={t("campaigns.send.when")} required>
        <Radio.Group
          options={[
            { value: "now", label: t("campaigns.send.whenNow") },
            { value: "later", label: t("campaigns.send.whenLater") },
          ]}
        />
      </Form.Item>
      {when === "later" && (
        <Form.Item
          name="send_at"
          label={t("campaigns.send.sendAt")}
          rules={[{ required: true, message: t("campaigns.send.sendAtMissing") }]}
          extra={t("campaigns.send.sendAtNote", { zone })}
        >
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" showNow={false} disabledDate={(day) => isPastDay(day, zone)} />
        </Form.Item>
      )}
      <Form.Item name="is_trial" label={t("campaigns.send.trial")} required extra={t("campaigns.send.trialNote", { max: MAX_TEST })}>
        <Radio.Group
          onChange={({ target }) => {
            if (target.value === true) {
              form.setFieldsValue({ source: "typed" });
            }
          }}
          options={[
            { value: true, label: t("campaigns.send.yes") },
            { value: false, label: t("campaigns.send.no") },
          ]}
        />
      </Form.Item>
    </>
  );
}
