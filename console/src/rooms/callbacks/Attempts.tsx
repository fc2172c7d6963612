import { Card, Skeleton, Table } from "antd";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { useKeyboardScroll } from "@/kit/useKeyboardScroll";
import { type Attempt, useAttempts } from "@/rooms/callbacks/queries";
import { wentWell } from "@/rooms/callbacks/TestButton";
import { useDocumentName, useErrorText } from "@/rooms/callbacks/words";
import { useSignedIn } from "@/rooms/identity/session";

const WIDTH = 900;

/** The delivery log: the last hundred tries with what came back. */
export function Attempts({ addressId }: { addressId: string }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const { data, error, isPending, refetch } = useAttempts(addressId);
  const nameOf = useDocumentName();
  const errorOf = useErrorText();
  const around = useKeyboardScroll(data !== undefined, t("kit.table.sideways"));
  return (
    <Card ref={around} title={t("callbacks.attempts")} styles={{ body: { padding: 0 } }} data-attempts>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active style={{ padding: 16 }} />}
      {data !== undefined && (
        <Table<Attempt>
          size="middle"
          rowKey={({ request_id: id, attempt_no: no, at }) => `${id}/${no}/${at}`}
          dataSource={data.items}
          scroll={{ x: WIDTH }}
          pagination={{ pageSize: 10, hideOnSinglePage: true, style: { paddingInline: 16 } }}
          locale={{ emptyText: t("callbacks.noAttempts") }}
          columns={[
            { key: "at", title: t("callbacks.at"), width: 172, render: (_, one) => <span className="nowrap">{formatTime(one.at, zone)}</span> },
            { key: "what", title: t("callbacks.what"), width: 130, render: (_, one) => nameOf(one.document) },
            { key: "no", title: t("callbacks.tryNo"), width: 90, render: (_, { attempt_no: no }) => (no === 0 ? t("callbacks.test") : no) },
            {
              key: "result",
              title: t("callbacks.result"),
              width: 230,
              render: (_, { status, error: why }) => (
                <>
                  <StateTag state={wentWell(status) ? "well" : "failed"} tone={wentWell(status) ? "good" : "bad"} text={t(wentWell(status) ? "callbacks.well" : "callbacks.failed")} />
                  <div className="faint" style={{ overflowWrap: "anywhere" }}>{errorOf(why, status)}</div>
                </>
              ),
            },
            { key: "took", title: t("callbacks.took"), width: 90, align: "right", render: (_, one) => t("callbacks.ms", { ms: one.duration_ms }) },
            { key: "answer", title: t("callbacks.answer"), render: (_, { answer }) => <span className="mono" style={{ overflowWrap: "anywhere" }}>{answer === "" ? "–" : answer}</span> },
          ]}
        />
      )}
    </Card>
  );
}
