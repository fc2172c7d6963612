import { DownloadOutlined } from "@ant-design/icons";
import { Alert, Button, Card, Empty, Image, Pagination, Skeleton, Table, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { components } from "@/client/schema";
import { formatBytes } from "@/kit/files";
import { Trouble } from "@/kit/Trouble";
import { type ReviewDetail, useEvidence, useGuide } from "@/rooms/reviews/queries";
import { useSheetText } from "@/rooms/reviews/words";

type Detail = components["schemas"]["EvidenceDetail"];

function Entries({ file }: { file: Detail }) {
  const { t } = useTranslation();
  const { entries } = file;
  return (
    <div className="stack">
      {file.is_suspicious && <Alert type="warning" showIcon title={t("reviews.evidence.bomb")} />}
      <div className="faint">{t("reviews.evidence.entries", { count: file.entry_count, size: formatBytes(file.unpacked_bytes) })}</div>
      <Table
        size="small"
        rowKey="key"
        pagination={false}
        scroll={{ x: 400, y: 320 }}
        dataSource={entries.map((entry, index) => ({ ...entry, key: index }))}
        columns={[
          { key: "name", title: t("reviews.evidence.name"), dataIndex: "name" },
          { key: "size", title: t("reviews.evidence.size"), width: 110, align: "right", render: (_, entry) => (entry.is_folder ? "–" : formatBytes(entry.size_bytes)) },
          { key: "locked", title: t("reviews.evidence.locked"), width: 90, render: (_, entry) => (entry.is_encrypted ? t("reviews.evidence.yes") : "") },
        ]}
      />
      {file.entry_count > entries.length && <div className="faint">{t("reviews.evidence.more", { count: entries.length })}</div>}
    </div>
  );
}

function Pages({ url, file }: { url: string; file: Detail }) {
  const { t } = useTranslation();
  const [page, setPage] = useState(1);
  return (
    <div className="stack">
      <div className="review-paper">
        <Image src={`${url}/pages/${page - 1}`} alt={t("reviews.evidence.page", { name: file.name, page })} />
      </div>
      {file.pages > 1 && <Pagination simple size="small" align="center" current={page} pageSize={1} total={file.pages} onChange={setPage} />}
    </div>
  );
}

/** One file: drawn by the server as pictures, or listed; never run and never unpacked. */
function File({ reviewId, number }: { reviewId: string; number: number }) {
  const { t } = useTranslation();
  const { data: file, error, refetch } = useEvidence(reviewId, number);
  const url = `/console/api/reviews/${reviewId}/evidence/${number}`;
  if (error !== null) {
    return <Trouble error={error} retry={() => void refetch()} />;
  }
  if (file === undefined) {
    return <Skeleton active />;
  }
  return (
    <div className="stack" data-evidence={file.shows}>
      <div className="filters">
        <span className="review-name">{file.name}</span>
        <span className="faint">{formatBytes(file.size_bytes)}</span>
        <Button size="small" icon={<DownloadOutlined aria-hidden />} href={`${url}/file`} download>
          {t("reviews.evidence.download")}
        </Button>
      </div>
      {file.shows === "pages" && <Pages url={url} file={file} />}
      {file.shows === "entries" && <Entries file={file} />}
      {file.shows === "damaged" && <Alert type="error" showIcon title={t("reviews.evidence.damaged")} />}
      {file.shows === "nothing" && <Alert type="info" showIcon title={t("reviews.evidence.nothing")} />}
    </div>
  );
}

/** 证明材料: the files that the submission names. */
export function Evidence({ review }: { review: ReviewDetail }) {
  const { t } = useTranslation();
  const words = useSheetText(review.kind, useGuide(review.kind));
  const { evidence, snapshot } = review;
  const preview = snapshot["preview_url"];
  return (
    <Card
      title={t("reviews.evidence.title")}
      extra={
        typeof preview === "string" && /^https?:\/\//.test(preview) && (
          <Button href={preview} target="_blank" rel="noopener noreferrer">
            {t("reviews.evidence.preview")}
          </Button>
        )
      }
    >
      {evidence.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("reviews.evidence.none")} />
      ) : (
        <Tabs
          destroyOnHidden
          items={evidence.map((one) => ({
            key: String(one.number),
            label: words.field(one.field),
            children: <File reviewId={review.review_id} number={one.number} />,
          }))}
        />
      )}
    </Card>
  );
}
