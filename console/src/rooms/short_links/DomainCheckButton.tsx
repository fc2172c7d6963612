import { Alert, Button, Descriptions, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { StateTag } from "@/kit/StateTag";
import { useProblemText } from "@/kit/Trouble";
import { domainActs, type DomainCheck, type LinkDomain } from "@/rooms/short_links/queries";
import { REACH_TONES } from "@/rooms/short_links/words";

function Reached({ reach, detail }: { reach: DomainCheck["https"]; detail: string }) {
  const { t } = useTranslation();
  return (
    <>
      <StateTag state={reach} tone={REACH_TONES[reach]} text={t(`short_links.reach.${reach}`)} />
      {detail !== "" && <div className="faint" style={{ overflowWrap: "anywhere" }}>{detail}</div>}
    </>
  );
}

interface DomainCheckButtonProps {
  domain: Pick<LinkDomain, "domain" | "domain_id">;
  check?: (domainId: number) => Promise<DomainCheck>;
}

/** Look a domain up now: is its name known, does it lead here, is its certificate good? */
export function DomainCheckButton({ domain, check: ask = domainActs.check }: DomainCheckButtonProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const [isPending, setPending] = useState(false);
  const [found, setFound] = useState<DomainCheck | null>(null);
  const [error, setError] = useState<unknown>(null);

  async function check(): Promise<void> {
    setPending(true);
    setError(null);
    try {
      setFound(await ask(domain.domain_id));
    } catch (refused) {
      setError(refused);
    } finally {
      setPending(false);
    }
  }

  function close(): void {
    setFound(null);
    setError(null);
  }

  const isWell = found !== null && found.https === "here";
  return (
    <>
      <Button type="link" size="small" loading={isPending} onClick={() => void check()}>
        {t("short_links.check")}
      </Button>
      <Modal
        open={found !== null || error !== null}
        title={t("short_links.checkTitle", { domain: domain.domain })}
        onCancel={close}
        footer={
          <Button type="primary" onClick={close}>
            {t("callbacks.close")}
          </Button>
        }
      >
        {error !== null && <Alert type="error" showIcon title={textOf(error)} />}
        {found !== null && (
          <div className="stack" data-check={isWell ? "well" : "wrong"}>
            <Alert type={isWell ? "success" : "warning"} showIcon title={t(isWell ? "short_links.checkWell" : "short_links.checkWrong")} />
            <Descriptions
              column={1}
              bordered
              size="small"
              items={[
                {
                  key: "dns",
                  label: t("short_links.dns"),
                  children: <StateTag state={found.is_known ? "known" : "unknown"} tone={found.is_known ? "good" : "bad"} text={t(found.is_known ? "short_links.dnsKnown" : "short_links.dnsUnknown")} />,
                },
                { key: "https", label: t("short_links.https"), children: <Reached reach={found.https} detail={found.https_detail} /> },
                { key: "http", label: t("short_links.http"), children: <Reached reach={found.http} detail={found.http_detail} /> },
              ]}
            />
            {!isWell && <p className="faint">{t("short_links.checkHint")}</p>}
          </div>
        )}
      </Modal>
    </>
  );
}
