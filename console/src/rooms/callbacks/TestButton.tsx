import { Alert, Button, Descriptions, Modal, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useProblemText } from "@/kit/Trouble";
import { acts, type Attempt, type Callback, useAct } from "@/rooms/callbacks/queries";
import { useErrorText } from "@/rooms/callbacks/words";

const OK_FROM = 200;
const OK_BELOW = 300;

export function wentWell(status: number | null): boolean {
  return status !== null && status >= OK_FROM && status < OK_BELOW;
}

/** Post a made-up receipt, and show what came back. */
export function TestButton({ address, type, size }: { address: Callback; type?: "link" | "default"; size?: "small" | "middle" }) {
  const { t } = useTranslation();
  const act = useAct();
  const textOf = useProblemText();
  const errorOf = useErrorText();
  const [isPending, setPending] = useState(false);
  const [tried, setTried] = useState<Attempt | null>(null);
  const [error, setError] = useState<unknown>(null);

  async function test(): Promise<void> {
    setPending(true);
    setError(null);
    try {
      setTried(await act(() => acts.test(address.id)));
    } catch (refused) {
      setError(refused);
    } finally {
      setPending(false);
    }
  }

  function close(): void {
    setTried(null);
    setError(null);
  }

  const isWell = tried !== null && wentWell(tried.status);
  return (
    <>
      <Button type={type} size={size} loading={isPending} onClick={() => void test()}>
        {t("callbacks.test")}
      </Button>
      <Modal
        open={tried !== null || error !== null}
        title={t("callbacks.testTitle")}
        onCancel={close}
        footer={
          <Button type="primary" onClick={close}>
            {t("callbacks.close")}
          </Button>
        }
      >
        {error !== null && <Alert type="error" showIcon title={textOf(error)} />}
        {tried !== null && (
          <div className="stack" data-test-result={isWell ? "well" : "failed"}>
            <Alert type={isWell ? "success" : "error"} showIcon title={t(isWell ? "callbacks.testWell" : "callbacks.testFailed")} />
            <Descriptions
              column={1}
              bordered
              size="small"
              items={[
                { key: "url", label: t("callbacks.url"), children: <span style={{ overflowWrap: "anywhere" }}>{address.callback_url}</span> },
                { key: "result", label: t("callbacks.result"), children: errorOf(tried.error, tried.status) },
                { key: "took", label: t("callbacks.took"), children: t("callbacks.ms", { ms: tried.duration_ms }) },
                { key: "id", label: t("callbacks.requestId"), children: <span className="mono">{tried.request_id}</span> },
                { key: "answer", label: t("callbacks.answer"), children: tried.answer === "" ? "–" : <Typography.Text code style={{ overflowWrap: "anywhere" }}>{tried.answer}</Typography.Text> },
              ]}
            />
            <small className="faint">{t("callbacks.testNote")}</small>
          </div>
        )}
      </Modal>
    </>
  );
}
