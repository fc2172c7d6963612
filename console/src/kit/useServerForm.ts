/** A form that the server judges: pending state, refusals at their fields, drafts and unsaved changes. */
import { Form, type FormInstance } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/client/problem";
import { type Draft, type DraftOf, dropDraft, keepDraft, readDraft } from "@/kit/drafts";
import { type FieldPath, fieldsOf, goToField, refusedField } from "@/kit/fields";
import { useProblemText } from "@/kit/Trouble";
import { useLeaveGuard } from "@/kit/useLeaveGuard";

const UNAUTHORIZED = 401;
const DRAFT_MS = 400;

export interface ServerFormOptions<V extends object, R> {
  /** Of the form: its controls' ids begin with it. */
  name: string;
  submit: (values: V) => Promise<R>;
  onDone?: (result: R) => void;
  /** Keep what was typed in the browser until it is submitted or thrown away. */
  draft?: DraftOf;
  /** The form's names of the server's fields, where they differ: `{ "card.params": "params" }`. */
  renamed?: Readonly<Record<string, string>>;
  /** Called before a refused field is shown, for forms that must unfold it first. */
  onRefused?: (name: FieldPath) => void;
  /** Ask before the page is left with changes (not where a draft keeps them); true unless said. */
  guard?: boolean;
}

export interface Refusal {
  text: string;
  requestId: string | undefined;
}

export interface ServerForm<V extends object> {
  form: FormInstance<V>;
  isPending: boolean;
  /** What the server refused and no field of the form can show. */
  refusal: Refusal | null;
  /** The draft that was filled in, until it is thrown away. */
  restored: Draft | null;
  send: (values: V) => Promise<void>;
  /** To be called with every change of the form. */
  changed: () => void;
  discardDraft: () => void;
}

export function useServerForm<V extends object, R>(options: ServerFormOptions<V, R>): ServerForm<V> {
  const { name, draft } = options;
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [form] = Form.useForm<V>();
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [restored, setRestored] = useState<Draft | null>(() => (draft === undefined ? null : (readDraft(draft) ?? null)));
  const isDirty = useRef(false);
  const timer = useRef<number>(undefined);
  const isGuarded = options.guard !== false && draft === undefined;
  useLeaveGuard(useCallback(() => isGuarded && isDirty.current, [isGuarded]));
  useEffect(() => {
    if (restored !== null) {
      form.setFieldsValue(restored.values as Parameters<typeof form.setFieldsValue>[0]);
    }
    return () => window.clearTimeout(timer.current);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the form appears
  }, []);

  function refuse(error: unknown): void {
    if (error instanceof Problem && error.status === UNAUTHORIZED) {
      // The dialog to sign in again says so; the form stays as it is.
      return;
    }
    const requestId = error instanceof Problem ? error.requestId : undefined;
    const refused = error instanceof Problem ? refusedField(error.field, fieldsOf(form), options.renamed) : undefined;
    const said = textOf(error);
    if (refused === undefined) {
      setRefusal({ text: said, requestId });
      return;
    }
    const text = refused.row === undefined ? said : t("kit.form.row", { row: refused.row, text: said });
    // The names come from the form itself.
    form.setFields([{ name: refused.name as never, errors: [text] }]);
    options.onRefused?.(refused.name);
    requestAnimationFrame(() => {
      if (!goToField(name, refused.name)) {
        setRefusal({ text, requestId });
      }
    });
  }

  async function send(values: V): Promise<void> {
    if (isPending) {
      return;
    }
    setPending(true);
    setRefusal(null);
    try {
      const result = await options.submit(values);
      isDirty.current = false;
      window.clearTimeout(timer.current);
      if (draft !== undefined) {
        dropDraft(draft);
      }
      setRestored(null);
      options.onDone?.(result);
    } catch (error) {
      refuse(error);
    } finally {
      setPending(false);
    }
  }

  function changed(): void {
    isDirty.current = true;
    if (draft !== undefined) {
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => keepDraft(draft, form.getFieldsValue(true) as object), DRAFT_MS);
    }
  }

  function discardDraft(): void {
    if (draft !== undefined) {
      window.clearTimeout(timer.current);
      dropDraft(draft);
    }
    isDirty.current = false;
    setRestored(null);
    form.resetFields();
  }

  return { form, isPending, refusal, restored, send, changed, discardDraft };
}
