import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select, Space } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";

import { useVariableTypes, type VariableType } from "@/rooms/sms/queries";
import { MAX_CONTENT, type TemplateValues } from "@/rooms/sms/templateForm";
import { insertVariable, type Numbered, numbersIn, renumber } from "@/rooms/sms/variables";
import { VARIABLE_TYPES } from "@/rooms/sms/words";

const DESC_CHARS = 100;

/** One variable: its type with its rule, what it is, and a value to try it with. */
function VariableRow({ number }: { number: number }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<TemplateValues>();
  const { data } = useVariableTypes();
  const type = (Form.useWatch(["variable_attributes", number, "variable_type"], form) as VariableType | undefined) ?? "TEXT";
  const known = data?.items.find((item) => item.type === type);
  const isLink = type === "NEWTEXT";
  return (
    <li data-variable={number}>
      <div className="sms-variable-row">
        <code>{`\${${number}}`}</code>
        <Form.Item name={["variable_attributes", number, "variable_type"]} initialValue="TEXT" noStyle>
          <Select
            aria-label={t("sms.template.variableType", { number })}
            options={VARIABLE_TYPES.map((value) => ({ value, label: t(`sms.variable.${value}`) }))}
            style={{ width: 130 }}
          />
        </Form.Item>
        <Form.Item
          name={["variable_attributes", number, "variable_desc"]}
          rules={[{ required: type === "TEXT", whitespace: true, message: t("sms.template.descMissing") }]}
          style={{ margin: 0, flex: "1 1 160px" }}
        >
          <Input
            aria-label={t("sms.template.variableDesc", { number })}
            placeholder={t(type === "TEXT" ? "sms.template.descNeeded" : "sms.template.descPlaceholder")}
            maxLength={DESC_CHARS}
          />
        </Form.Item>
        {!isLink && (
          <Form.Item name={["variable_attributes", number, "example"]} noStyle>
            <Input
              aria-label={t("sms.template.variableExample", { number })}
              placeholder={t("sms.template.examplePlaceholder", { example: known?.example ?? "" })}
              maxLength={known?.max_length}
              style={{ flex: "1 1 140px" }}
            />
          </Form.Item>
        )}
      </div>
      <small className="faint">
        {isLink ? t("sms.variableRule.NEWTEXT") : t("sms.template.rule", { rule: t(`sms.variableRule.${type}`), max: known?.max_length ?? 0 })}
      </small>
    </li>
  );
}

/** The text of a template with its variables, which are numbered by position on their own. */
export function ContentEditor({ area }: { area: RefObject<TextAreaRef | null> }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<Partial<TemplateValues>>();
  const content = Form.useWatch("template_content", form) ?? "";
  const numbers = numbersIn(content).filter((number) => number > 0);
  const { data } = useVariableTypes();
  const isFull = numbers.length >= (data?.max_variables ?? 20);

  function take({ text, from }: Numbered, type?: VariableType): void {
    const old = form.getFieldValue("variable_attributes") as TemplateValues["variable_attributes"] | undefined;
    const made = { variable_type: type ?? "TEXT", variable_desc: "", example: "" };
    const next = [undefined, ...from.map((number) => (number === 0 ? made : (old?.[number] ?? made)))];
    form.setFieldsValue({ template_content: text, variable_attributes: next });
  }

  function insert(type: VariableType): void {
    const textarea = area.current?.resizableTextArea?.textArea;
    const text = form.getFieldValue("template_content") as string | undefined;
    const start = textarea?.selectionStart ?? text?.length ?? 0;
    const done = insertVariable(text ?? "", start, textarea?.selectionEnd ?? start);
    take(done, type);
    requestAnimationFrame(() => {
      textarea?.focus();
      textarea?.setSelectionRange(done.cursor, done.cursor);
    });
  }

  return (
    <>
      <Form.Item
        name="template_content"
        label={t("sms.template.content")}
        extra={t("sms.template.contentHint")}
        rules={[{ required: true, whitespace: true, message: t("sms.template.contentMissing") }]}
        style={{ marginBottom: 8 }}
      >
        <Input.TextArea
          ref={area}
          rows={5}
          maxLength={MAX_CONTENT}
          showCount
          onBlur={() => {
            const numbered = renumber(content);
            if (numbered.text !== content) {
              take(numbered);
            }
          }}
        />
      </Form.Item>
      <Form.Item label={t("sms.template.insert")} style={{ marginBottom: 16 }}>
        <Space size={8} wrap>
          {VARIABLE_TYPES.map((type) => (
            <Button
              key={type}
              size="small"
              icon={<PlusOutlined aria-hidden />}
              disabled={isFull}
              aria-label={t("sms.template.insertType", { type: t(`sms.variable.${type}`) })}
              // The cursor stays in the text.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => insert(type)}
            >
              {t(`sms.variable.${type}`)}
            </Button>
          ))}
        </Space>
      </Form.Item>
      <Form.Item label={t("sms.template.variables")} required>
        {numbers.length === 0 ? (
          <span className="faint">{t("sms.template.variablesNone")}</span>
        ) : (
          <ul className="sms-variables">
            {[...numbers].sort((one, other) => one - other).map((number) => (
              <VariableRow key={number} number={number} />
            ))}
          </ul>
        )}
      </Form.Item>
    </>
  );
}
