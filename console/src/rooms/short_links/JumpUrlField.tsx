import { AutoComplete, Form, Input, type InputProps, type InputRef, Space } from "antd";
import { type Ref, useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { URL_CHARS, useApprovedLinks, WHOLE_URL } from "@/rooms/short_links/jumpQueries";

interface JumpUrlFieldProps {
  /** The server's name of the field. */
  name: "jump_url" | "custom_url";
  label: string;
  /** What the link is for. */
  hint: string;
}

/** An input that names no active option while there is none: the library names one with the number -1. */
function PlainInput({ "aria-activedescendant": active, ...input }: InputProps & { ref?: Ref<InputRef> }) {
  return <Input {...input} aria-activedescendant={active?.endsWith("-1") === true ? undefined : active} />;
}

/** Where a tap on the plain link goes: an approved jump link, or any typed one. */
export function JumpUrlField({ name, label, hint }: JumpUrlFieldProps) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const typed = ((Form.useWatch(name, form) as string | undefined) ?? "").trim();
  const wanted = useDeferredValue(typed);
  const { data } = useApprovedLinks(wanted);
  // What was picked is no search: all are offered again.
  const all = useApprovedLinks("");
  const isPicked = data?.items.some(({ url }) => url === typed) === true;
  const links = (isPicked ? all.data : data)?.items ?? [];
  return (
    <Form.Item
      name={name}
      label={label}
      extra={
        <>
          {hint} {t("short_links.jump.pick")} <Link to="/jump-links">{t("short_links.jump.pickAdd")}</Link>
        </>
      }
      rules={[{ pattern: WHOLE_URL, transform: (value: string | undefined) => value?.trim(), message: t("short_links.jump.urlRule") }]}
    >
      <AutoComplete
        allowClear
        maxLength={URL_CHARS}
        notFoundContent={typed === "" ? null : t("short_links.jump.pickNone")}
        options={links.map((link) => ({ value: link.url, label: link.name, link }))}
        optionRender={({ data: { link } }) => (
          <Space orientation="vertical" size={0} style={{ width: "100%" }}>
            <span>{link.name}</span>
            <small className="faint" style={{ overflowWrap: "anywhere", whiteSpace: "normal" }}>{link.url}</small>
          </Space>
        )}
      >
        <PlainInput inputMode="url" />
      </AutoComplete>
    </Form.Item>
  );
}
