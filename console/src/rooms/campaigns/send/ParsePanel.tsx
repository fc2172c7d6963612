import { DownloadOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Radio, Select, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type Figure, Figures } from "@/kit/Figures";
import { formatCount } from "@/kit/format";
import { type Kind, parsedUrl, useVideos } from "@/rooms/campaigns/send/queries";
import { CARRIERS, FALLBACKS, type Fallback, type Parse, partsOf, type SendValues, submittedOf, sumOf } from "@/rooms/campaigns/send/values";

function FallbackField() {
  const { t } = useTranslation();
  const fallback = Form.useWatch<Fallback | undefined>("fallback");
  const { data, isPending } = useVideos(fallback === "basic");
  return (
    <>
      <Form.Item name="fallback" label={t("campaigns.send.fallback")} required extra={fallback && t(`campaigns.send.fallbackNote.${fallback}`)}>
        <Radio.Group options={FALLBACKS.map((value) => ({ value, label: t(`fallback.${value}`) }))} />
      </Form.Item>
      {fallback === "basic" && (
        <Form.Item
          name="basic_template_id"
          label={t("campaigns.send.video")}
          extra={
            <>
              {t("campaigns.send.videoNote")} <Link to="/video-templates">{t("campaigns.send.addNow")}</Link>
            </>
          }
        >
          <Select
            allowClear
            loading={isPending}
            placeholder={t("campaigns.send.videoNone")}
            options={(data?.items ?? []).map((one) => ({ value: one.tpl_id, label: one.name }))}
          />
        </Form.Item>
      )}
    </>
  );
}

function useFigures(parse: Parse, submitted: number): Figure[] {
  const { t } = useTranslation();
  const { counts } = parse;
  const figure = (key: string, label: string, count: number, kind?: Kind): Figure => ({
    key,
    label,
    value: formatCount(count),
    note: kind !== undefined && count > 0 && (
      <Button type="link" size="small" style={{ padding: 0 }} icon={<DownloadOutlined aria-hidden />} href={parsedUrl(parse.parse_id, kind)} download>
        {t("campaigns.send.download", { what: label })}
      </Button>
    ),
  });
  return [
    figure("imported", t("task.parseImported"), counts.imported),
    figure("invalid", t("task.parseInvalid"), counts.invalid, "invalid"),
    figure("duplicates", t("campaigns.send.duplicates"), counts.duplicates),
    figure("opted_out", t("campaigns.send.optedOut"), counts.opted_out, "opted_out"),
    figure("capable", t("task.parseCapable"), counts.capable, "capable"),
    figure("incapable", t("task.parseIncapable"), counts.incapable, "incapable"),
    figure("submitted", t("task.parseSubmitted"), submitted),
  ];
}

/** SMS parts that the send takes, by carrier. */
export function Estimate({ parse, values }: { parse: Parse; values: Partial<SendValues> }) {
  const { t } = useTranslation();
  const fallback = values.fallback ?? "none";
  const hasVideo = values.basic_template_id !== undefined;
  const parts = partsOf(parse, fallback, hasVideo);
  const shares = CARRIERS.filter((carrier) => (parts[carrier] ?? 0) > 0).map((carrier) =>
    t("campaigns.send.estimateShare", { carrier: t(`campaigns.carrier.${carrier}`), parts: formatCount(parts[carrier] ?? 0) }),
  );
  return (
    <div data-estimate>
      {t("campaigns.send.estimateValue", { parts: formatCount(sumOf(parts)) })}
      {shares.length > 0 && ` (${shares.join(t("campaigns.send.comma"))})`}
      {fallback === "basic" && hasVideo && <div>{t("campaigns.send.estimateVideo", { numbers: formatCount(parse.counts.incapable) })}</div>}
      {parse.counts.capable > 0 && <div data-resolves>{t("campaigns.send.estimateResolves", { numbers: formatCount(parse.counts.capable) })}</div>}
      <div className="faint">{t("campaigns.send.estimateNote")}</div>
    </div>
  );
}

interface ParsePanelProps {
  parse: Parse;
  /** What was chosen has changed since. */
  isStale: boolean;
}

/** What 号码解析 found, and what becomes of numbers that cannot show the card. */
export function ParsePanel({ parse, isStale }: ParsePanelProps) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<SendValues>();
  const values = Form.useWatch([], form) as Partial<SendValues> | undefined;
  const submitted = submittedOf(parse, values?.fallback ?? "none");
  const figures = useFigures(parse, submitted);
  if (parse.state === "parsing") {
    const words = { done: formatCount(parse.done), all: formatCount(parse.file.counts.imported) };
    return (
      <p role="status">
        <Spin size="small" /> {t("campaigns.send.parsing", words)}
      </p>
    );
  }
  if (parse.state === "refused") {
    return <Alert type="error" showIcon title={parse.reason ?? t("campaigns.send.fileFailed")} style={{ marginBottom: 16 }} />;
  }
  return (
    <section aria-label={t("campaigns.send.parse")} data-parse={isStale ? "stale" : "ready"}>
      {isStale && <Alert type="warning" showIcon title={t("campaigns.send.stale")} style={{ marginBottom: 16 }} />}
      <Figures figures={figures} />
      <div style={{ height: 16 }} />
      {parse.counts.incapable > 0 && <FallbackField />}
      <Form.Item label={t("campaigns.send.estimate")}>
        <Estimate parse={parse} values={values ?? {}} />
      </Form.Item>
      {submitted === 0 && <Alert type="warning" showIcon title={t("campaigns.send.nothing")} style={{ marginBottom: 16 }} />}
    </section>
  );
}
