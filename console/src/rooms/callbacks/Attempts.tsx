import { useTranslation } from "react-i18next";

import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { type Attempt, useAttempts } from "@/rooms/callbacks/queries";
import { wentWell } from "@/rooms/callbacks/TestButton";
import { useDocumentName, useErrorText } from "@/rooms/callbacks/words";
import { useSignedIn } from "@/rooms/identity/session";

/** The page's first list is that of posts. */
const LOG = "log_";
const RESULTS = ["well", "failed"] as const;

/** The delivery log: every try with what came back. */
export function Attempts({ addressId }: { addressId: string }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const nameOf = useDocumentName();
  const errorOf = useErrorText();
  const filters: Filter[] = [
    { kind: "choices", name: "result", label: t("callbacks.result"), isSingle: true, width: 130, choices: RESULTS.map((value) => ({ value, label: t(`callbacks.${value}`) })) },
  ];
  const list = useAttempts(addressId, { ...readList(params, ["at"], LOG), result: readChoices(params, "result", RESULTS)[0] });
  const columns: DataColumn<Attempt>[] = [
    { key: "at", title: t("callbacks.at"), width: 172, isAlways: true, sort: "at", render: (one) => <span className="nowrap">{formatTime(one.at, zone)}</span> },
    { key: "what", title: t("callbacks.what"), width: 130, render: (one) => nameOf(one.document) },
    { key: "no", title: t("callbacks.tryNo"), width: 90, render: ({ attempt_no: no }) => (no === 0 ? t("callbacks.test") : no) },
    {
      key: "result",
      title: t("callbacks.result"),
      width: 230,
      render: ({ status, error: why }) => (
        <>
          <StateTag state={wentWell(status) ? "well" : "failed"} tone={wentWell(status) ? "good" : "bad"} text={t(wentWell(status) ? "callbacks.well" : "callbacks.failed")} />
          <div className="faint" style={{ overflowWrap: "anywhere" }}>{errorOf(why, status)}</div>
        </>
      ),
    },
    { key: "took", title: t("callbacks.took"), width: 90, align: "right", render: (one) => t("callbacks.ms", { ms: one.duration_ms }) },
    { key: "answer", title: t("callbacks.answer"), width: 260, render: ({ answer }) => <span className="mono" style={{ overflowWrap: "anywhere" }}>{answer === "" ? "–" : answer}</span> },
    { key: "id", title: t("callbacks.requestId"), width: 310, isHiddenAtFirst: true, render: (one) => <span className="mono">{one.request_id}</span> },
  ];
  return (
    <DataTable<Attempt>
      name="callback-log"
      prefix={LOG}
      title={t("callbacks.attempts")}
      columns={columns}
      rowKey={({ request_id: id, attempt_no: no, at }) => `${id}/${no}/${at}`}
      list={list}
      isFiltered={isFiltered(params, filters)}
      empty={{ text: t("callbacks.noAttempts") }}
    >
      <FilterBar name="callback-log" filters={filters} />
    </DataTable>
  );
}
