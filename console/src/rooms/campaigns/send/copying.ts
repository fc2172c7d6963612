/** Filling the send form with what an earlier task was. */
import type { FormInstance } from "antd";
import { useEffect, useRef } from "react";

import { useSendTask } from "@/rooms/campaigns/queries";
import { useSendables } from "@/rooms/campaigns/send/queries";
import { MAX_DAYS, NAME_CHARS, type Sendable, type SendValues } from "@/rooms/campaigns/send/values";
import type { SendTask } from "@/rooms/campaigns/sendTask";

/** Return a task's choices; its SMS template only where it still can be sent. */
export function valuesOf(task: SendTask, sendables: readonly Sendable[]): Partial<SendValues> {
  const row = sendables.find(({ template_id: id }) => id === task.sms_template_id);
  return {
    card_template_id: task.card_template_id ?? undefined,
    domain: task.domain,
    validity: task.validity_days === MAX_DAYS ? "week" : "own",
    validity_days: task.validity_days,
    name: task.name.slice(0, NAME_CHARS),
    app_id: row?.app_id,
    signature_id: row?.signature_id,
    sms_template_id: row?.template_id,
    jump_url: task.jump_url ?? undefined,
    is_trial: task.is_trial,
    fallback: task.fallback,
  };
}

/** Fill a form once with the task that an address names. */
export function useCopied(taskId: string | null, form: FormInstance<SendValues>): void {
  const task = useSendTask(taskId ?? "", taskId !== null).data;
  const sendables = useSendables().data?.items;
  const isDone = useRef(false);
  useEffect(() => {
    if (task !== undefined && sendables !== undefined && !isDone.current) {
      isDone.current = true;
      form.setFieldsValue(valuesOf(task, sendables));
    }
  }, [task, sendables, form]);
}

/** Choose once the card template that an address names. */
export function useChosenCard(tplId: string | null, form: FormInstance<SendValues>): void {
  useEffect(() => {
    if (tplId !== null) {
      form.setFieldsValue({ card_template_id: tplId });
    }
  }, [tplId, form]);
}
