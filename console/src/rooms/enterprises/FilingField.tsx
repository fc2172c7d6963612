import { Form, Input, type InputProps, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { Uploaded } from "@/kit/useUploads";
import { type FilingValues, isWanted } from "@/rooms/enterprises/filing";
import { PaperField } from "@/rooms/enterprises/PaperField";
import type { Field, Filing } from "@/rooms/enterprises/queries";
import { useWord } from "@/rooms/enterprises/words";

const FEW = 2;

interface FilingFieldProps {
  filing: Filing;
  field: Field;
  /** All answers so far: some fields are needed by others' answers. */
  values: FilingValues;
  isLocked: boolean;
}

/** A line of text; what the form gives (id, value, its listeners) goes on to the input. */
function Control({ field, ...given }: { field: Field } & InputProps) {
  return field.kind === "email" ? (
    <Input {...given} type="email" maxLength={field.max_chars} autoComplete="off" />
  ) : (
    <Input {...given} maxLength={field.max_chars} showCount={field.max_chars > 0} autoComplete="off" />
  );
}

/** One field of a filing's form, with what the reviewer said about it beside it. */
export function FilingField({ filing, field, values, isLocked }: FilingFieldProps) {
  const { t } = useTranslation();
  const wordOf = useWord();
  const isFile = field.kind === "file";
  const isNeeded = isWanted(field, values);
  const paper = filing.papers[field.name];
  const said = filing.reasons.filter((reason) => reason.field === field.name);
  const condition = filing.fields.find(({ name }) => name === field.required_when?.field);
  const choice = condition?.choices.find(({ value }) => value === field.required_when?.value);
  const options = field.choices.map((one) => ({ value: one.value, label: wordOf(one) }));

  const check = (_: unknown, value: unknown): Promise<void> => {
    const isThere = isFile
      ? (value as Uploaded[] | undefined)?.length !== 0 || (paper !== undefined && paper.scene !== filing.scene)
      : typeof value === "string" && value.trim() !== "";
    return isThere || !isNeeded
      ? Promise.resolve()
      : Promise.reject(new Error(t(isFile ? "enterprises.neededFile" : "enterprises.needed")));
  };

  return (
    <Form.Item
      name={field.name}
      label={wordOf(field)}
      required={isNeeded}
      rules={[{ validator: check }]}
      validateTrigger={isFile ? "onChange" : "onBlur"}
      extra={
        <>
          {condition !== undefined && choice !== undefined && (
            <div>{t("enterprises.wantedWhen", { field: wordOf(condition), choice: wordOf(choice) })}</div>
          )}
          {said.map((reason) => (
            <div key={reason.zh} data-said={field.name} role="note" className="said">
              {wordOf(reason)}
            </div>
          ))}
        </>
      }
    >
      {isFile ? (
        <PaperField scene={filing.scene} field={field} paper={paper} isLocked={isLocked} />
      ) : options.length > FEW ? (
        <Select options={options} disabled={isLocked} style={{ maxWidth: 420 }} />
      ) : options.length > 0 ? (
        <Radio.Group options={options} disabled={isLocked} />
      ) : (
        <Control field={field} disabled={isLocked} />
      )}
    </Form.Item>
  );
}
