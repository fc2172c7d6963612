import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { api, bodyOf } from "@/client/api";
import type { components } from "@/client/schema";
import { Trouble } from "@/kit/Trouble";
import { mayList, useSignedIn } from "@/rooms/identity/session";

export type Needed = components["schemas"]["Needed"];
type Found = components["schemas"]["WaitingView"];

/** The server counts no further. */
const MOST_LINK_TASKS = 1000;

function useWaiting(what: Needed, ids: readonly string[]) {
  return useQuery({
    // Apart from what is listed: it must not be asked again when the thing is gone.
    queryKey: ["waiting", what, ids],
    queryFn: () => bodyOf(api.GET("/console/api/waiting", { params: { query: { what, id: [...ids] } } })),
    gcTime: 0,
  });
}

function useStateText() {
  const { t } = useTranslation();
  return (task: Found["tasks"][number]): string => {
    if (task.kind === "video") {
      return t("campaigns.waiting.video");
    }
    // The server names the state of a send task, else of a video send.
    return t(`taskState.${task.state as components["schemas"]["TaskState"]}`);
  };
}

function Tasks({ found }: { found: Found }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const stateOf = useStateText();
  const { task_count: count, tenant_count: tenants, tasks } = found;
  if (tasks.length === 0) {
    return <li>{t("campaigns.waiting.ofTenants", { count, tenants })}</li>;
  }
  return (
    <li data-waiting={count}>
      {t("campaigns.waiting.tasks", { count })}
      <ul>
        {tasks.map((task) => (
          <li key={task.task_id}>
            {mayList(session) ? (
              <a href={`${task.kind === "video" ? "/video-tasks" : "/send-tasks"}/${task.task_id}`} target="_blank" rel="noreferrer">
                {task.name}
              </a>
            ) : (
              task.name
            )}{" "}
            <span className="faint">{stateOf(task)}</span>
          </li>
        ))}
        {count > tasks.length && <li className="faint">{t("campaigns.waiting.more", { count: count - tasks.length })}</li>}
      </ul>
    </li>
  );
}

/** What still needs something that is about to be deleted, by number and name; read when the question is asked. */
export function Waiting({ what, ids }: { what: Needed; ids: readonly string[] }) {
  const { t } = useTranslation();
  const { data: found, error, refetch } = useWaiting(what, ids);
  if (error !== null) {
    return <Trouble error={error} retry={() => void refetch()} />;
  }
  if (found === undefined) {
    return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  }
  const namesOf = (names: readonly string[], all: number) =>
    names.join(t("campaigns.waiting.comma")) + (all > names.length ? " …" : "");
  // Links of messages that are out belong to no resolve task.
  const sent = (what === "card_template" || what === "link_domain") && t("campaigns.waiting.sentLinks");
  const { task_count: count, link_task_count: links, bindings, template_count: templates } = found;
  if (count === 0 && links === 0 && bindings.length === 0 && templates === 0) {
    return (
      <p data-waiting={0}>
        {t(what === "video_signature" ? "campaigns.waiting.noTemplates" : "campaigns.waiting.nothing")}
        {sent}
      </p>
    );
  }
  return (
    <>
      {t("campaigns.waiting.needed")}
      <ul data-needed>
        {count > 0 && <Tasks found={found} />}
        {links > 0 && <li>{t(links < MOST_LINK_TASKS ? "campaigns.waiting.links" : "campaigns.waiting.linksMany", { count: links })}</li>}
        {templates > 0 && <li>{t("campaigns.waiting.templates", { count: templates, names: namesOf(found.templates, templates) })}</li>}
        {bindings.length > 0 && <li>{t("campaigns.waiting.bindings", { names: bindings.join(t("campaigns.waiting.comma")) })}</li>}
      </ul>
      {sent !== false && <p>{sent}</p>}
    </>
  );
}
