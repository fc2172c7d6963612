import { Button, Skeleton, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { Trouble } from "@/kit/Trouble";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { may, useSignedIn } from "@/rooms/identity/session";
import { acts, type Signature, useAct, useConsequences } from "@/rooms/sms/queries";

/** What goes with a signature; read when the question is asked. */
function Consequences({ signatureId }: { signatureId: string }) {
  const { t } = useTranslation();
  const { data, error } = useConsequences(signatureId);
  if (error !== null) {
    return <Trouble error={error} />;
  }
  if (data === undefined) {
    return <Skeleton active title={false} />;
  }
  const { channel_number: number, template_count: count, template_names: names } = data;
  const templates = t(count > names.length ? "sms.signature.deleteMore" : "sms.signature.deleteTemplates", {
    count,
    names: names.join(", "),
  });
  return (
    <>
      <p>{t("sms.signature.deleteText")}</p>
      {number === "" && count === 0 ? (
        <p>{t("sms.signature.deleteNothing")}</p>
      ) : (
        <>
          {t("kit.confirm.takes")}
          <ul data-consequences>
            {number !== "" && <li>{t("sms.signature.deleteChannel", { number })}</li>}
            {count > 0 && <li>{templates}</li>}
          </ul>
        </>
      )}
      <Waiting what="signature" ids={[signatureId]} />
    </>
  );
}

/** What can be done with a signature in its state, by who may. */
export function SignatureActions({ signature, open }: { signature: Signature; open?: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  const { signature_id: id, signature_name: name, status } = signature;
  const mayUpdate = may(session, "kooMessage:aimMsgSignature:update");
  const isWaiting = status === "PENDING_REVIEW" || status === "PENDING_ACTIVATE";
  return (
    <Space size={0} wrap>
      {open !== undefined && (
        <Button type="link" size="small" onClick={open}>
          {t("sms.details")}
        </Button>
      )}
      {mayUpdate && status === "REVIEW_NOT_PASS" && (
        <Button type="link" size="small" onClick={() => void navigate(`/sms-signatures/${id}/edit`)}>
          {t("sms.modify")}
        </Button>
      )}
      {mayUpdate && isWaiting && (
        <>
          <ConfirmAction
            type="link"
            size="small"
            text={t("sms.withdraw")}
            ask={t("sms.withdrawAsk", { name })}
            consequence={t("sms.withdrawText")}
            act={() => act(() => acts.withdrawSignature(id))}
            done={t("sms.withdrawn")}
          />
          <ConfirmAction
            type="link"
            size="small"
            text={t("sms.urge")}
            ask={t("sms.urgeAsk", { name })}
            consequence={t("sms.urgeText")}
            act={() => act(() => acts.urgeSignature(id))}
            done={t("sms.urged")}
          />
        </>
      )}
      {mayUpdate && status === "TO_BE_ACTIVATED" && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("sms.signature.activate")}
          ask={t("sms.signature.activateAsk", { name })}
          consequence={t("sms.signature.activateText")}
          act={() => act(() => acts.activateSignature(id))}
          done={t("sms.signature.activated")}
        />
      )}
      {may(session, "kooMessage:aimMsgSignature:create") && (
        <Button type="link" size="small" onClick={() => void navigate(`/sms-signatures/new?copy=${id}`)}>
          {t("sms.copy")}
        </Button>
      )}
      {may(session, "kooMessage:aimMsgSignature:delete") && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("sms.delete")}
          ask={t("sms.signature.deleteAsk", { name })}
          consequence={<Consequences signatureId={id} />}
          act={() => act(() => acts.deleteSignature(id))}
          done={t("sms.signature.deleted")}
        />
      )}
    </Space>
  );
}
