import { App, Descriptions, Drawer, Form, Input, Skeleton, Typography } from "antd";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { RejectReason } from "@/kit/RejectReason";
import { ServerForm } from "@/kit/ServerForm";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";
import { JUMP_TONES, type JumpLink, jumpActs, URL_CHARS, useJumpAct, useJumpLink, type WantedJumpLink, WHOLE_URL } from "@/rooms/short_links/jumpQueries";
import { NAME_CHARS } from "@/rooms/short_links/words";
import { useStoryEvents } from "@/rooms/sms/words";

/** 新增跳转链接; one that was turned down is changed and comes again. */
export function JumpLinkForm({ old, close }: { old: JumpLink | "new" | null; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useJumpAct();
  const again = old === "new" ? null : old;
  return (
    <Drawer open={old !== null} onClose={close} title={t(again === null ? "short_links.jump.add" : "short_links.jump.again")} size={520} destroyOnHidden>
      {again !== null && again.reason !== "" && (
        <div style={{ marginBottom: 16 }}>
          <RejectReason isAskedBack={again.is_asked_back} reason={again.reason} />
        </div>
      )}
      {old !== null && (
        <ServerForm<WantedJumpLink>
          name="jump-link"
          guard={false}
          initialValues={{ name: again?.name, url: again?.url }}
          submit={({ name, url }) => {
            const wanted = { name: name.trim(), url: url.trim() };
            return act(() => (again === null ? jumpActs.add(wanted) : jumpActs.change(again.link_id, wanted)));
          }}
          onDone={() => {
            message.success(t("short_links.jump.added"));
            close();
          }}
          submitText={t("sms.ok")}
          cancel={close}
        >
          <Form.Item
            name="name"
            label={t("short_links.jump.name")}
            extra={t("short_links.jump.nameHint")}
            rules={[{ required: true, whitespace: true, message: t("short_links.jump.nameMissing") }]}
          >
            <Input maxLength={NAME_CHARS} showCount />
          </Form.Item>
          <Form.Item
            name="url"
            label={t("short_links.jump.url")}
            extra={t("short_links.jump.urlHint")}
            rules={[
              { required: true, whitespace: true, message: t("short_links.jump.urlMissing") },
              { pattern: WHOLE_URL, transform: (value: string | undefined) => value?.trim(), message: t("short_links.jump.urlRule") },
            ]}
          >
            <Input maxLength={URL_CHARS} inputMode="url" />
          </Form.Item>
          <p className="faint">{t("short_links.jump.steps")}</p>
        </ServerForm>
      )}
    </Drawer>
  );
}

/** A jump link with what the desk said of it. */
export function JumpLinkDrawer({ linkId, close }: { linkId: number | null; close: () => void }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { data, error, isPending, refetch } = useJumpLink(linkId);
  return (
    <Drawer open={linkId !== null} onClose={close} title={data?.link.name} size={520} destroyOnHidden>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && (
        <div className="stack">
          {data.link.reason !== "" && <RejectReason isAskedBack={data.link.is_asked_back} reason={data.link.reason} />}
          <Descriptions
            column={1}
            bordered
            size="small"
            items={[
              {
                key: "url",
                label: t("short_links.jump.url"),
                children: (
                  <Typography.Link href={data.link.url} target="_blank" rel="noopener noreferrer" copyable style={{ overflowWrap: "anywhere" }}>
                    {data.link.url}
                  </Typography.Link>
                ),
              },
              {
                key: "state",
                label: t("short_links.jump.state"),
                children: <StateTag state={data.link.state} tone={JUMP_TONES[data.link.state]} text={t(`short_links.jump.stateName.${data.link.state}`)} isAskedBack={data.link.is_asked_back} />,
              },
              { key: "by", label: t("short_links.jump.by"), children: data.link.created_by },
              { key: "created", label: t("sms.created"), children: formatTime(data.link.created_at, zone) },
            ]}
          />
          <h3>{t("sms.history")}</h3>
          <History events={eventsOf(data.stories)} zone={zone} />
        </div>
      )}
    </Drawer>
  );
}
