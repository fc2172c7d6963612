import { Alert, App, Button, Form, Input, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import { Trouble } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { acts, type Answers, type Signature, useAct, useAnswers } from "@/rooms/sms/queries";

const KINDS = ["opt_out", "other"] as const;
/** Five parts of a long SMS, less the longest signature with its brackets. */
const ANSWER_CHARS = 5 * 67 - 18;

function Shown({ answers, name }: { answers: Answers; name: string }) {
  const { t } = useTranslation();
  return (
    <dl className="stack" style={{ gap: 8, margin: 0 }}>
      {KINDS.map((kind) => (
        <div key={kind} data-answer={kind}>
          <dt className="faint">{t(`sms.answers.${kind}`)}</dt>
          <dd style={{ margin: "4px 0 0" }}>
            {answers[kind] === "" ? t("sms.answers.off") : <div className="sms-bubble">{`【${name}】${answers[kind]}`}</div>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function AnswersForm({ signature, answers, close }: { signature: Signature; answers: Answers; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  return (
    <ServerForm<Answers>
      name="answers"
      initialValues={answers}
      submit={(values) => act(() => acts.saveAnswers(signature.signature_id, { opt_out: values.opt_out.trim(), other: values.other.trim() }))}
      onDone={() => {
        message.success(t("sms.answers.saved"));
        close();
      }}
      submitText={t("sms.answers.save")}
      cancel={close}
    >
      {KINDS.map((kind) => (
        <Form.Item key={kind} name={kind} label={t(`sms.answers.${kind}`)} extra={t(`sms.answers.${kind}Hint`)}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={ANSWER_CHARS} showCount />
        </Form.Item>
      ))}
      <p className="faint">{t("sms.answers.rules")}</p>
    </ServerForm>
  );
}

/** 自动回复: what a signature answers by itself to texts from phones. */
export function SignatureAnswers({ signature }: { signature: Signature }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const [isEditing, setEditing] = useState(false);
  const { data, error, refetch } = useAnswers(signature.signature_id);
  const mayEdit = may(session, "kooMessage:aimMsgSignature:update");
  return (
    <section className="stack" aria-label={t("sms.answers.title")} data-answers>
      <h3 style={{ margin: 0 }}>{t("sms.answers.title")}</h3>
      <p className="faint" style={{ margin: 0 }}>
        {t("sms.answers.note")}
      </p>
      {signature.status !== "REVIEW_PASSED" && <Alert type="info" showIcon title={t("sms.answers.later")} />}
      {data === undefined ? (
        error === null ? (
          <Skeleton active title={false} />
        ) : (
          <Trouble error={error} retry={() => void refetch()} />
        )
      ) : isEditing ? (
        <AnswersForm signature={signature} answers={data} close={() => setEditing(false)} />
      ) : (
        <>
          <Shown answers={data} name={signature.signature_name} />
          {mayEdit && (
            <div>
              <Button onClick={() => setEditing(true)}>{t("sms.answers.edit")}</Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}
