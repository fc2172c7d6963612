import { Button, Form, Input, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { isMessageId } from "@/rooms/receipts/messageId";

const ID_CHARS = 16;

/** Go to a message by its id. */
export function MessageSearch({ shown }: { shown?: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Form<{ id: string }>
      name="message-search"
      layout="vertical"
      initialValues={{ id: shown }}
      onFinish={({ id }) => void navigate(`/messages/${id.trim()}`)}
    >
      <Form.Item label={t("receipts.id")} htmlFor="message-search_id" extra={t("receipts.message.idHint")} style={{ marginBottom: 0 }}>
        <Space.Compact style={{ width: "100%", maxWidth: 420 }}>
          <Form.Item
            name="id"
            noStyle
            validateTrigger="onSubmit"
            rules={[{ validator: (_, id: string | undefined) => (isMessageId(id?.trim() ?? "") ? Promise.resolve() : Promise.reject(new Error(t("receipts.message.idWrong")))) }]}
          >
            <Input inputMode="numeric" maxLength={ID_CHARS} autoComplete="off" />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            {t("receipts.message.find")}
          </Button>
        </Space.Compact>
      </Form.Item>
    </Form>
  );
}
