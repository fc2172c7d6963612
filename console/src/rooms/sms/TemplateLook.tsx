import { Card, Form } from "antd";
import { useTranslation } from "react-i18next";

import { Figures } from "@/kit/Figures";
import { formatCount } from "@/kit/format";
import { PhonePreview } from "@/kit/PhonePreview";
import { Look, useRested } from "@/rooms/sms/Look";
import { useTemplateLook, useVariableTypes } from "@/rooms/sms/queries";
import { draftOf, type TemplateValues } from "@/rooms/sms/templateForm";

const SIGNED = /^【([^】]*)】/;

/** Beside the form: how long the SMS gets, what may be objected to, and how it arrives. */
export function TemplateLook({ show }: { show: (start: number, end: number) => void }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<TemplateValues>();
  const values = Form.useWatch([], form) as TemplateValues | undefined;
  const draft = useRested({ ...draftOf(values ?? {}), template_name: "", template_desc: "" });
  const { data } = useTemplateLook(draft);
  const link = useVariableTypes().data?.items.find(({ type }) => type === "NEWTEXT")?.example;
  const isEmpty = draft.template_content === "";
  const signed = SIGNED.exec(data?.text ?? "");
  const text = isEmpty ? "" : (data?.text ?? "").slice(signed?.[0].length ?? 0);
  return (
    <div className="stack sms-form-aside">
      <Card size="small">
        <Figures
          figures={[
            {
              key: "chars",
              label: t("sms.look.chars"),
              value: formatCount(isEmpty ? 0 : (data?.example.chars ?? 0)),
              help: t("sms.look.rule"),
            },
            { key: "parts", label: t("sms.look.parts"), value: formatCount(isEmpty ? 0 : (data?.example.parts ?? 0)) },
          ]}
        />
        {!isEmpty && data !== undefined && (
          <small className="faint">{t("sms.look.longest", { chars: data.longest.chars, parts: data.longest.parts })}</small>
        )}
      </Card>
      <Card size="small" title={t("sms.look.title")}>
        <Look objections={isEmpty ? undefined : data?.objections} text={draft.template_content} show={show} />
      </Card>
      <Card size="small">
        <PhonePreview signature={isEmpty ? undefined : signed?.[1]} text={text} link={link} scale={0.9} />
      </Card>
    </div>
  );
}
