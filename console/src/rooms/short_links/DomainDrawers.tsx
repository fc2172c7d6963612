import { App, Descriptions, Drawer, Form, Input, Radio, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { formatTime } from "@/kit/format";
import { History } from "@/kit/History";
import { RejectReason } from "@/kit/RejectReason";
import { ServerForm } from "@/kit/ServerForm";
import { StateTag } from "@/kit/StateTag";
import { Trouble } from "@/kit/Trouble";
import { UploadField } from "@/kit/UploadField";
import type { Uploaded } from "@/kit/useUploads";
import { useSignedIn } from "@/rooms/identity/session";
import { domainActs, LETTER_BYTES, letterUrl, type LinkDomain, type LinkDomainDetail, sendLetter, useDomainAct, useLinkDomain, type WantedDomain } from "@/rooms/short_links/queries";
import { DOMAIN_TONES } from "@/rooms/short_links/words";
import { useStoryEvents } from "@/rooms/sms/words";

const DOMAIN_CHARS = 100;

interface DomainValues extends Pick<WantedDomain, "domain" | "kind"> {
  letter?: Uploaded[];
}

/** The form; a letter that was handed in before goes along until it is taken out. */
function DomainForm({ again, letter: old, close }: { again: LinkDomain | null; letter: LinkDomainDetail["letter"]; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useDomainAct();
  const handedIn = old === null ? [] : [{ id: old.file_id, name: old.name, size: old.size_bytes ?? 0, url: letterUrl(old.file_id) }];
  return (
    <ServerForm<DomainValues>
      name="link-domain"
      guard={false}
      initialValues={{ domain: again?.domain, kind: again?.kind ?? "standard", letter: handedIn }}
      submit={({ domain, kind, letter }) => act(() => domainActs.register({ domain: domain.trim(), kind, letter_id: letter?.[0]?.id ?? null }))}
      onDone={() => {
        message.success(t("short_links.domain.added"));
        close();
      }}
      submitText={t("sms.ok")}
      cancel={close}
    >
      <Form.Item
        name="domain"
        label={t("short_links.domain.name")}
        extra={t("short_links.domain.nameHint")}
        rules={[{ required: true, whitespace: true, message: t("short_links.domain.nameMissing") }]}
      >
        <Input maxLength={DOMAIN_CHARS} inputMode="url" disabled={again !== null} />
      </Form.Item>
      <Form.Item name="kind" label={t("short_links.domain.ownCodes")} extra={t("short_links.domain.ownCodesHint")} required>
        <Radio.Group
          disabled={again !== null}
          options={[
            { value: "standard", label: t("short_links.domain.no") },
            { value: "custom", label: t("short_links.domain.yes") },
          ]}
        />
      </Form.Item>
      <Form.Item name="letter" label={t("short_links.domain.letter")}>
        <UploadField types={[".pdf"]} maxBytes={LETTER_BYTES} send={sendLetter} hint={t("short_links.domain.letterHint")} />
      </Form.Item>
      <p className="faint">{t("short_links.domain.steps")}</p>
    </ServerForm>
  );
}

/** 新增域名; one that was turned down comes again with its kind. */
export function NewDomain({ old, close }: { old: LinkDomain | "new" | null; close: () => void }) {
  const { t } = useTranslation();
  const again = old === "new" ? null : old;
  const { data, error, refetch } = useLinkDomain(again?.domain_id ?? null);
  return (
    <Drawer open={old !== null} onClose={close} title={t(again === null ? "short_links.domain.add" : "short_links.domain.again")} size={520} destroyOnHidden>
      {again !== null && again.reason !== "" && (
        <div style={{ marginBottom: 16 }}>
          <RejectReason isAskedBack={again.is_asked_back} reason={again.reason} />
        </div>
      )}
      {old === "new" && <DomainForm again={null} letter={null} close={close} />}
      {again !== null && data === undefined && (error === null ? <Skeleton active /> : <Trouble error={error} retry={() => void refetch()} />)}
      {again !== null && data !== undefined && <DomainForm again={again} letter={data.letter} close={close} />}
    </Drawer>
  );
}

/** A domain with what the desk said of it. */
export function DomainDrawer({ domainId, close }: { domainId: number | null; close: () => void }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const eventsOf = useStoryEvents();
  const { data, error, isPending, refetch } = useLinkDomain(domainId);
  const domain = data?.domain;
  return (
    <Drawer open={domainId !== null} onClose={close} title={domain?.domain} size={520} destroyOnHidden>
      {data === undefined && error !== null && <Trouble error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton active />}
      {data !== undefined && (
        <div className="stack">
          {data.domain.reason !== "" && <RejectReason isAskedBack={data.domain.is_asked_back} reason={data.domain.reason} />}
          <Descriptions
            column={1}
            bordered
            size="small"
            items={[
              { key: "state", label: t("short_links.domain.state"), children: <StateTag state={data.domain.state} tone={DOMAIN_TONES[data.domain.state]} text={t(`short_links.domainState.${data.domain.state}`)} isAskedBack={data.domain.is_asked_back} /> },
              { key: "kind", label: t("short_links.domain.ownCodes"), children: t(data.domain.kind === "custom" ? "short_links.domain.yes" : "short_links.domain.no") },
              { key: "owner", label: t("short_links.domain.owner"), children: t(data.domain.is_public ? "short_links.domain.public" : "short_links.domain.own") },
              { key: "created", label: t("sms.created"), children: formatTime(data.domain.created_at, zone) },
              ...(data.letter === null
                ? []
                : [
                    {
                      key: "letter",
                      label: t("short_links.domain.letter"),
                      children: (
                        <a href={letterUrl(data.letter.file_id)} download style={{ overflowWrap: "anywhere" }}>
                          {data.letter.name}
                        </a>
                      ),
                    },
                  ]),
            ]}
          />
          {!data.domain.is_public && (
            <>
              <h3>{t("sms.history")}</h3>
              <History events={eventsOf(data.stories)} zone={zone} />
            </>
          )}
        </div>
      )}
    </Drawer>
  );
}
