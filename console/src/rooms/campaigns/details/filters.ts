/** What the list of send details can be asked, and what its URL asks. */
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Filter } from "@/kit/FilterBar";
import { readChoices, readList, readTime, useFilters } from "@/kit/filters";
import { momentOf } from "@/kit/zones";
import { type DetailQuery, useCardChoices, useSignatureChoices, useTaskChoices } from "@/rooms/campaigns/details/queries";
import { MESSAGE_STATES } from "@/rooms/campaigns/sendTask";
import { useSignedIn } from "@/rooms/identity/session";

const PHONE_CHARS = 20;
const MAX_HOURS = 24;

export function useDetailFilters(): Filter[] {
  const { t } = useTranslation();
  const [params] = useFilters();
  const [task, setTask] = useState("");
  const [card, setCard] = useState("");
  const [opened, setOpened] = useState<readonly string[]>([]);
  // What nobody looks at is not asked for: the list itself comes sooner.
  const onOpen = (name: string) => () => setOpened((names) => (names.includes(name) ? names : [...names, name]));
  const tasks = useTaskChoices(task, params.get("task"), opened.includes("task"));
  const signatures = useSignatureChoices(params.get("signature"), opened.includes("signature"));
  const cards = useCardChoices(card, params.get("card"), opened.includes("card"));
  return [
    { kind: "choices", name: "task", label: t("campaigns.details.task"), isSingle: true, width: 200, choices: tasks, onOpen: onOpen("task"), onSearch: (typed) => setTask(typed.trim()) },
    { kind: "choices", name: "signature", label: t("task.signature"), isSingle: true, width: 150, choices: signatures, onOpen: onOpen("signature") },
    { kind: "choices", name: "card", label: t("task.template"), isSingle: true, width: 220, choices: cards, onOpen: onOpen("card"), onSearch: (typed) => setCard(typed.trim()) },
    { kind: "text", name: "phone", label: t("message.phone"), placeholder: t("message.phonePlaceholder"), inputMode: "tel", maxLength: PHONE_CHARS, width: 170 },
    {
      kind: "choices",
      name: "state",
      label: t("message.state"),
      choices: MESSAGE_STATES.map((value) => ({ value, label: t(`messageState.${value}`) })),
    },
    {
      kind: "times",
      label: t("campaigns.details.planned"),
      rule: (from, to, { task: one, phone }) =>
        (one ?? "") === "" && (phone ?? "") === "" && to.diff(from, "hour", true) > MAX_HOURS ? t("campaigns.details.spanRule") : undefined,
    },
  ];
}

/** What the URL asks of the back end. */
export function useDetailQuery(): DetailQuery {
  const { zone } = useSignedIn();
  const [params] = useFilters();
  const { offset, limit } = readList(params);
  const from = readTime(params, "from");
  const to = readTime(params, "to");
  return {
    offset,
    limit,
    task_id: params.get("task") ?? undefined,
    signature: params.get("signature") ?? undefined,
    card_template_id: params.get("card") ?? undefined,
    phone: params.get("phone") ?? undefined,
    state: readChoices(params, "state", MESSAGE_STATES),
    begin: from === undefined ? undefined : momentOf(from, zone),
    end: to === undefined ? undefined : momentOf(to, zone),
  };
}
