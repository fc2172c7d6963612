import { Alert, Space, Spin } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { formatCount } from "@/kit/format";
import { useNumberFile } from "@/rooms/campaigns/send/queries";
import type { NumberFile } from "@/rooms/campaigns/send/values";

interface NumberFileStateProps {
  fileId: string;
  /** What is said once the file is read. */
  children: (file: NumberFile) => ReactNode;
}

/** How far an uploaded file of numbers is read: 上传成功, then 数据获取已完成. */
export function NumberFileState({ fileId, children }: NumberFileStateProps) {
  const { t } = useTranslation();
  const { data } = useNumberFile(fileId);
  const rows = data?.counts.rows ?? 0;
  return (
    <div role="status" style={{ marginBottom: 16 }}>
      {data === undefined || data.state === "uploaded" || data.state === "parsing" ? (
        <Space data-file-state="reading">
          <Spin size="small" />
          {t("campaigns.send.fileReading", { rows: formatCount(rows) })}
        </Space>
      ) : data.state === "failed" ? (
        <Alert type="error" showIcon title={data.failure ?? t("campaigns.send.fileFailed")} />
      ) : (
        <div data-file-state="parsed">{children(data)}</div>
      )}
    </div>
  );
}

/** How many numbers of a file count, and the rows that do not; more than `max` are refused in the form's own words. */
export function ValidNumbers({ file, max, tooMany }: { file: NumberFile; max: number; tooMany: string }) {
  const { t } = useTranslation();
  const { imported, invalid, duplicates, opted_out: optedOut } = file.counts;
  const counts = { imported: formatCount(imported), invalid: formatCount(invalid), duplicates: formatCount(duplicates), optedOut: formatCount(optedOut) };
  return (
    <>
      {t("campaigns.send.fileValid", counts)}{" "}
      {invalid + duplicates + optedOut > 0 && (
        <a href={`/console/api/number-files/${encodeURIComponent(file.file_id)}/issues.csv`} download style={{ textDecoration: "underline" }}>
          {t("campaigns.send.fileIssues")}
        </a>
      )}
      {imported > max && <Alert type="error" showIcon title={tooMany} />}
    </>
  );
}
