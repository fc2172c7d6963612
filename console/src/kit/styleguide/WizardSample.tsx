import { App, Descriptions, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { PhonePreview } from "@/kit/PhonePreview";
import { WizardPage } from "@/kit/WizardPage";

interface Values {
  name: string;
  text?: string;
}

/** Steps that are one form, with a phone beside them. */
export function WizardSample() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  return (
    <WizardPage<Values>
      name="sample"
      title={t("kit.guide.wizard")}
      crumbs={[{ text: t("kit.guide.title"), to: "/styleguide" }, { text: t("kit.guide.wizard") }]}
      steps={[
        {
          key: "name",
          title: t("kit.guide.name"),
          fields: ["name"],
          body: (
            <Form.Item name="name" label={t("kit.guide.name")} rules={[{ required: true, message: t("kit.guide.missing") }]}>
              <Input maxLength={12} showCount />
            </Form.Item>
          ),
        },
        {
          key: "text",
          title: t("kit.guide.rows"),
          fields: ["text"],
          body: (
            <Form.Item name="text" label={t("kit.guide.rows")}>
              <Input.TextArea rows={4} />
            </Form.Item>
          ),
        },
      ]}
      summary={(values) => (
        <Descriptions
          column={1}
          bordered
          size="small"
          items={[
            { key: "name", label: t("kit.guide.name"), children: values.name },
            { key: "text", label: t("kit.guide.rows"), children: values.text },
          ]}
        />
      )}
      aside={(values) => <PhonePreview signature={values.name} text={values.text} scale={0.8} />}
      submit={() => Promise.resolve()}
      onDone={() => {
        void message.success(t("action.done"));
        void navigate("/styleguide");
      }}
      submitText={t("kit.guide.submit")}
      cancel={() => void navigate("/styleguide")}
    />
  );
}
