import { Button, DatePicker, Form, type FormRule, Input, InputNumber, Select, Space } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { type Change, readChoices, readDay, readNumber, readTime, useFilters } from "@/kit/filters";

export interface Choice {
  value: string;
  label: string;
}

interface Named {
  /** Its parameter in the URL. */
  name: string;
  label: string;
  /** In pixels. */
  width?: number;
}

export interface TextFilter extends Named {
  kind: "text";
  placeholder?: string;
  maxLength?: number;
  inputMode?: "text" | "tel" | "numeric";
}

export interface ChoicesFilter extends Named {
  kind: "choices";
  choices: readonly Choice[];
  /** One of them at most; else any number. */
  isSingle?: boolean;
  /** There are more than the choices: what is typed is looked for by whoever gives them, which must hold what is chosen. */
  onSearch?: (typed: string) => void;
  /** The choices are about to be looked at. */
  onOpen?: () => void;
}

export interface NumberFilter extends Named {
  kind: "number";
  min?: number;
  max?: number;
}

export interface DaysFilter {
  kind: "days";
  label: string;
  /** The parameters of its first and of its last day: `from` and `to` unless named. */
  names?: readonly [string, string];
}

/** A span to the second, as clocks of the account's zone show it. */
export interface TimesFilter {
  kind: "times";
  label: string;
  /** What is wrong with a span, given all that is filled in. */
  rule?: (from: Dayjs, to: Dayjs, wanted: Record<string, unknown>) => string | undefined;
}

export type Filter = TextFilter | ChoicesFilter | NumberFilter | DaysFilter | TimesFilter;
type Wanted = Record<string, unknown>;
type Days = [Dayjs | null, Dayjs | null] | null | undefined;

const FORMATS = { days: "YYYY-MM-DD", times: "YYYY-MM-DDTHH:mm:ss" } as const;
const TEXT_CHARS = 64;

function daysOf(filter: DaysFilter | TimesFilter): readonly [string, string] {
  return ("names" in filter ? filter.names : undefined) ?? ["from", "to"];
}

function isSpan(filter: Filter): filter is DaysFilter | TimesFilter {
  return filter.kind === "days" || filter.kind === "times";
}

function keyOf(filter: Filter): string {
  return isSpan(filter) ? daysOf(filter).join("-") : filter.name;
}

/** The parameters that the filters use. */
export function namesOf(filters: readonly Filter[]): string[] {
  return filters.flatMap((filter) => (isSpan(filter) ? daysOf(filter) : [filter.name]));
}

/** Does the URL ask for less than everything? */
export function isFiltered(params: URLSearchParams, filters: readonly Filter[]): boolean {
  return namesOf(filters).some((name) => params.has(name));
}

function asked(params: URLSearchParams, filter: Filter): unknown {
  switch (filter.kind) {
    case "text":
      return params.get(filter.name) ?? "";
    case "number":
      return readNumber(params, filter.name) ?? null;
    case "choices": {
      // Choices that the back end names arrive later: until then what the URL asks for is kept as it is.
      const known = filter.choices.map(({ value }) => value);
      const chosen = known.length === 0 || filter.onSearch !== undefined ? params.getAll(filter.name) : readChoices(params, filter.name, known);
      return filter.isSingle === true ? chosen[0] : chosen;
    }
    case "days":
    case "times":
      return daysOf(filter).map((name) => {
        const moment = filter.kind === "days" ? readDay(params, name) : readTime(params, name);
        return moment === undefined ? null : dayjs(moment);
      });
  }
}

/** Return what a filled-in form asks for, as parameters of the URL. */
export function changeOf(filters: readonly Filter[], wanted: Wanted): Change {
  const change: Change = {};
  for (const filter of filters) {
    const value = wanted[keyOf(filter)];
    if (isSpan(filter)) {
      const [from, to] = daysOf(filter);
      const days = value as Days;
      change[from] = days?.[0]?.format(FORMATS[filter.kind]);
      change[to] = days?.[1]?.format(FORMATS[filter.kind]);
    } else if (filter.kind === "choices") {
      change[filter.name] = Array.isArray(value) ? (value as string[]) : ((value as string | undefined) ?? "");
    } else {
      change[filter.name] = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
    }
  }
  return change;
}

function Control({ filter, ...control }: { filter: Filter }) {
  const { t } = useTranslation();
  switch (filter.kind) {
    case "text":
      return (
        <Input
          {...control}
          allowClear
          placeholder={filter.placeholder}
          maxLength={filter.maxLength ?? TEXT_CHARS}
          inputMode={filter.inputMode}
          style={{ width: filter.width ?? 160 }}
        />
      );
    case "number":
      return <InputNumber {...control} min={filter.min} max={filter.max} style={{ width: filter.width ?? 120 }} />;
    case "choices":
      return (
        <Select
          {...control}
          mode={filter.isSingle === true ? undefined : "multiple"}
          allowClear
          maxTagCount="responsive"
          placeholder={t("list.all")}
          options={[...filter.choices]}
          showSearch={filter.onSearch === undefined ? { optionFilterProp: "label" } : { filterOption: false, onSearch: filter.onSearch }}
          onOpenChange={(isOpen) => isOpen && filter.onOpen?.()}
          style={{ width: filter.width ?? 170 }}
        />
      );
    case "days":
      return (
        <DatePicker.RangePicker
          {...control}
          allowEmpty={[true, true]}
          placeholder={[t("list.from"), t("list.to")]}
          style={{ width: 240 }}
        />
      );
    case "times":
      return (
        <DatePicker.RangePicker
          {...control}
          showTime
          allowEmpty={[true, true]}
          placeholder={[t("list.from"), t("list.to")]}
          style={{ width: "min(360px, 64vw)" }}
        />
      );
  }
}

function rulesOf(filter: Filter): FormRule[] | undefined {
  if (filter.kind !== "times" || filter.rule === undefined) {
    return undefined;
  }
  const { rule } = filter;
  return [
    ({ getFieldsValue }) => ({
      validator: (_, span: Days) => {
        const wrong = span?.[0] && span[1] ? rule(span[0], span[1], getFieldsValue() as Wanted) : undefined;
        return wrong === undefined ? Promise.resolve() : Promise.reject(new Error(wrong));
      },
    }),
  ];
}

interface FilterBarProps {
  /** Of the form: its controls are labelled by it. */
  name: string;
  filters: readonly Filter[];
  /** After the buttons. */
  children?: ReactNode;
}

/** Filters of a list; asking applies them to the URL, which the list reads. */
export function FilterBar({ name, filters, children }: FilterBarProps) {
  const { t } = useTranslation();
  const [params, change] = useFilters();
  const [form] = Form.useForm<Wanted>();
  const wanted = Object.fromEntries(filters.map((filter) => [keyOf(filter), asked(params, filter)]));
  // Of the filters' own parameters: another list of the page turning its pages leaves what is being typed alone.
  const query = JSON.stringify(namesOf(filters).map((one) => params.getAll(one)));
  useEffect(() => {
    // Back and links change the URL: the form says what is shown now, and keeps the focus.
    form.setFieldsValue(wanted);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is asked follows from the URL
  }, [form, query]);

  function reset(): void {
    // What was typed and never asked for is not in the URL: it goes all the same.
    form.setFieldsValue(Object.fromEntries(filters.map((filter) => [keyOf(filter), asked(new URLSearchParams(), filter)])));
    change(Object.fromEntries(namesOf(filters).map((one) => [one, ""])));
  }
  return (
    <Form<Wanted>
      form={form}
      name={name}
      layout="inline"
      className="filter-bar"
      colon={false}
      initialValues={wanted}
      onFinish={(filled) => change(changeOf(filters, filled))}
      style={{ rowGap: 12 }}
      role="search"
    >
      {filters.map((filter) => (
        <Form.Item key={keyOf(filter)} name={keyOf(filter)} label={filter.label} rules={rulesOf(filter)}>
          <Control filter={filter} />
        </Form.Item>
      ))}
      <Space wrap>
        <Button type="primary" htmlType="submit">
          {t("list.query")}
        </Button>
        <Button onClick={reset}>{t("list.reset")}</Button>
        {children}
      </Space>
    </Form>
  );
}
