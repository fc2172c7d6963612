import { DatePicker, Form, Input, InputNumber, Radio, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatCount } from "@/kit/format";
import { UploadField } from "@/kit/UploadField";
import { isPastDay } from "@/kit/zones";
import { NumberFileState, ValidNumbers } from "@/rooms/campaigns/send/NumberFileState";
import { sendNumbers } from "@/rooms/campaigns/send/queries";
import { useSignedIn } from "@/rooms/identity/session";
import { sampleUrl, useUsableTemplates } from "@/rooms/video_sms/queries";
import { FILE_BYTES, FILE_TYPES, MAX_NUMBERS, type TaskValues } from "@/rooms/video_sms/taskForm";

const NAME_CHARS = 32;
const VALUE_CHARS = 256;
const MAX_HOURS = 72;
const REST_MS = 300;

/** What was typed, once nobody types for a moment. */
function useRested(typed: string): string {
  const [rested, setRested] = useState(typed);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(typed), REST_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return rested;
}

export function TemplateField() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const { data, isFetching } = useUsableTemplates(useRested(typed));
  const items = data?.items ?? [];
  const groups = [
    { isPublic: false, label: t("video_sms.template.own") },
    { isPublic: true, label: t("video_sms.template.public") },
  ].map(({ isPublic, label }) => ({
    label,
    options: items.filter((row) => row.is_public === isPublic).map((row) => ({ value: row.tpl_id, label: `${row.name} (${row.tpl_id})` })),
  }));
  return (
    <Form.Item
      name="tpl_id"
      label={t("video_sms.task.template")}
      rules={[{ required: true, message: t("video_sms.task.templateMissing") }]}
      extra={<Link to="/video-templates">{t("video_sms.goAdd")}</Link>}
    >
      <Select
        showSearch={{ filterOption: false, onSearch: setTyped }}
        loading={isFetching}
        placeholder={t("video_sms.choose")}
        options={groups.filter(({ options }) => options.length > 0)}
        style={{ maxWidth: 420 }}
      />
    </Form.Item>
  );
}

/** 任务名称, 发送类型 and how long is tried. */
export function SendFields() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const when = Form.useWatch<TaskValues["when"]>("when");
  return (
    <>
      <Form.Item name="task_name" label={t("video_sms.task.name")} rules={[{ required: true, whitespace: true, message: t("video_sms.task.nameMissing") }]}>
        <Input maxLength={NAME_CHARS} showCount style={{ maxWidth: 420 }} />
      </Form.Item>
      <Form.Item name="when" label={t("video_sms.task.when")} required>
        <Radio.Group
          options={[
            { value: "now", label: t("video_sms.task.whenNow") },
            { value: "later", label: t("video_sms.task.whenLater") },
          ]}
        />
      </Form.Item>
      {when === "later" && (
        <Form.Item
          name="send_at"
          label={t("video_sms.task.sendAt")}
          rules={[{ required: true, message: t("video_sms.task.sendAtMissing") }]}
          extra={t("video_sms.task.sendAtNote", { zone })}
        >
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" showNow={false} disabledDate={(day) => isPastDay(day, zone)} />
        </Form.Item>
      )}
      <Form.Item
        name="hours"
        label={t("video_sms.task.hours")}
        extra={t("video_sms.task.hoursHint")}
        rules={[{ required: true, message: t("video_sms.task.hoursMissing") }]}
      >
        <InputNumber min={1} max={MAX_HOURS} precision={0} style={{ width: 160 }} />
      </Form.Item>
    </>
  );
}

/** 群发 or 个性化, and everybody's values. */
export function ParamFields({ params }: { params: readonly string[] }) {
  const { t } = useTranslation();
  const mode = Form.useWatch<TaskValues["mode"]>("mode");
  if (params.length === 0) {
    return <p className="faint">{t("video_sms.task.staticNote")}</p>;
  }
  return (
    <>
      <Form.Item name="mode" label={t("video_sms.task.mode")} required extra={t(mode === "individual" ? "video_sms.task.individualNote" : "video_sms.task.groupNote")}>
        <Radio.Group
          options={[
            { value: "group", label: t("video_sms.task.group") },
            { value: "individual", label: t("video_sms.task.individual") },
          ]}
        />
      </Form.Item>
      {mode === "group" &&
        params.map((name, index) => (
          <Form.Item
            key={name}
            name={["values", index]}
            label={t("video_sms.task.value", { name: `#${name}#` })}
            rules={[{ required: true, whitespace: true, message: t("video_sms.task.valueMissing") }]}
          >
            <Input maxLength={VALUE_CHARS} showCount style={{ maxWidth: 420 }} />
          </Form.Item>
        ))}
    </>
  );
}

/** 手机号码: the sample, the upload, what was found in it. */
export function NumberField({ isIndividual }: { isIndividual: boolean }) {
  const { t } = useTranslation();
  const tplId = Form.useWatch<TaskValues["tpl_id"]>("tpl_id");
  const files = Form.useWatch<TaskValues["numbers"]>("numbers");
  const file = files?.[0];
  const sample =
    tplId === undefined ? (
      <span className="faint">{t("video_sms.task.sampleLater")}</span>
    ) : (
      <a href={sampleUrl(tplId, isIndividual)} download>
        {t("video_sms.task.sample")}
      </a>
    );
  return (
    <>
      <Form.Item name="numbers" label={t("video_sms.task.numbers")} rules={[{ required: true, type: "array", min: 1, message: t("video_sms.task.numbersMissing") }]}>
        <UploadField
          types={FILE_TYPES}
          maxBytes={FILE_BYTES}
          send={sendNumbers}
          sample={sample}
          hint={t("video_sms.task.numbersHint", { max: formatCount(MAX_NUMBERS) })}
        />
      </Form.Item>
      {file !== undefined && (
        <NumberFileState fileId={file.id}>
          {(found) => <ValidNumbers file={found} max={MAX_NUMBERS} tooMany={t("video_sms.task.fileTooMany", { max: formatCount(MAX_NUMBERS) })} />}
        </NumberFileState>
      )}
    </>
  );
}
