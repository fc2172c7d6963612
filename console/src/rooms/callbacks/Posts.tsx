import { Card } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readDay, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { startOfDay } from "@/kit/zones";
import { acts, type Callback, type Post, useAct, usePosts } from "@/rooms/callbacks/queries";
import { POST_STATES, POST_TONES, useDocumentName, useErrorText } from "@/rooms/callbacks/words";
import { may, useSignedIn } from "@/rooms/identity/session";

const UUID_CHARS = 36;
/** No task has it: what is no id shows nothing, instead of everything. */
const NO_TASK = "00000000-0000-0000-0000-000000000000";
const UUID = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i;

function useColumns(): DataColumn<Post>[] {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const nameOf = useDocumentName();
  const errorOf = useErrorText();
  const time = (iso: string | null) => <span className="nowrap">{formatTime(iso, zone)}</span>;
  return [
    { key: "created", title: t("sms.created"), width: 172, isAlways: true, sort: "created_at", render: (post) => time(post.created_at) },
    { key: "document", title: t("callbacks.what"), width: 130, render: (post) => nameOf(post.document) },
    { key: "receipts", title: t("callbacks.receipts"), width: 80, align: "right", render: (post) => post.receipts },
    {
      key: "state",
      title: t("sms.state"),
      width: 110,
      render: ({ state, last_error: reason }) => (
        <StateTag state={state} tone={POST_TONES[state]} text={t(`callbacks.postState.${state}`)} reason={state === "delivered" ? "" : reason} />
      ),
    },
    { key: "attempts", title: t("callbacks.tries"), width: 90, align: "right", render: (post) => post.attempts },
    { key: "result", title: t("callbacks.lastResult"), width: 190, render: (post) => errorOf(post.last_error, post.last_status) },
    { key: "next", title: t("callbacks.next"), width: 172, render: (post) => time(post.next_at ?? post.done_at) },
    {
      key: "task",
      title: t("callbacks.task"),
      width: 120,
      isHiddenAtFirst: true,
      render: ({ task_ids: ids }) => (ids[0] === undefined ? "–" : <Link to={`/send-tasks/${ids[0]}`}>{t("callbacks.showTask")}</Link>),
    },
    { key: "id", title: t("callbacks.requestId"), width: 310, isHiddenAtFirst: true, render: (post) => <span className="mono">{post.request_id}</span> },
  ];
}

/** What was posted to an address, and sending it again. */
export function Posts({ address }: { address: Callback }) {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const act = useAct();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const filters: Filter[] = [
    { kind: "choices", name: "state", label: t("sms.state"), choices: POST_STATES.map((value) => ({ value, label: t(`callbacks.postState.${value}`) })) },
    { kind: "text", name: "task", label: t("callbacks.taskId"), maxLength: UUID_CHARS, width: 230 },
    { kind: "days", label: t("sms.created") },
  ];
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const task = params.get("task") ?? "";
  const list = usePosts(address.id, {
    ...readList(params, ["created_at"]),
    state: readChoices(params, "state", POST_STATES),
    task_id: task === "" ? undefined : UUID.test(task) ? task : NO_TASK,
    begin: from === undefined ? undefined : startOfDay(from, zone),
    end: to === undefined ? undefined : startOfDay(to, zone, 1),
  });
  const columns = useColumns();
  const mayReplay = may(session, "kooMessage:devCallback:create");
  const isOff = address.state === "disabled";
  const why = isOff ? t("callbacks.enableFirst") : undefined;
  const dead = address.posts.dead;
  return (
    <>
      <Card title={t("callbacks.posts")}>
        <FilterBar name="callback-posts" filters={filters} />
      </Card>
      <DataTable<Post>
        name="callback-posts"
        columns={columns}
        rowKey={(post) => String(post.post_id)}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("callbacks.noPosts"), note: t("callbacks.noPostsNote") }}
        selection={mayReplay ? { keys: chosen, onChange: setChosen, isSelectable: (post) => post.state !== "waiting" } : undefined}
        actions={
          mayReplay && (
            <>
              {chosen.length > 0 && (
                <ConfirmAction
                  text={t("callbacks.replayChosen", { count: chosen.length })}
                  ask={t("callbacks.replayAsk", { count: chosen.length })}
                  consequence={t("callbacks.replayText")}
                  isDisabled={isOff}
                  title={why}
                  act={async () => {
                    await act(() => acts.replay(address.id, { post_ids: chosen.map(Number) }));
                    setChosen([]);
                  }}
                  done={t("callbacks.replayed")}
                />
              )}
              {dead > 0 && (
                <ConfirmAction
                  text={t("callbacks.replayDead", { count: dead })}
                  ask={t("callbacks.replayAsk", { count: dead })}
                  consequence={t("callbacks.replayText")}
                  isDisabled={isOff}
                  title={why}
                  act={() => act(() => acts.replay(address.id, { post_ids: [], state: "dead" }))}
                  done={t("callbacks.replayed")}
                />
              )}
            </>
          )
        }
      />
    </>
  );
}
