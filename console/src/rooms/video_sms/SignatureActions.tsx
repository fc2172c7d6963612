import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { may, useSignedIn } from "@/rooms/identity/session";
import { useAct } from "@/rooms/video_sms/queries";
import { signatureActs, type VideoSignature } from "@/rooms/video_sms/signatureQueries";

/** What can be done with a signature in its state, by who may. */
export function SignatureActions({ signature, open }: { signature: VideoSignature; open: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  const { signature_id: id, signature_name: name, state } = signature;
  const mayEdit = may(session, "kooMessage:aimBasicTemplate:create");
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={open}>
        {t("sms.details")}
      </Button>
      {mayEdit && state === "rejected" && (
        <Button type="link" size="small" onClick={() => void navigate(`/video-signatures/${id}/edit`)}>
          {t("sms.modify")}
        </Button>
      )}
      {mayEdit && state === "reviewing" && (
        <>
          <ConfirmAction
            type="link"
            size="small"
            text={t("sms.withdraw")}
            ask={t("sms.withdrawAsk", { name })}
            consequence={t("sms.withdrawText")}
            act={() => act(() => signatureActs.withdraw(id))}
            done={t("sms.withdrawn")}
          />
          <ConfirmAction
            type="link"
            size="small"
            text={t("sms.urge")}
            ask={t("sms.urgeAsk", { name })}
            consequence={t("sms.urgeText")}
            act={() => act(() => signatureActs.urge(id))}
            done={t("sms.urged")}
          />
        </>
      )}
      {mayEdit && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("sms.delete")}
          ask={t("video_sms.signature.deleteAsk", { name })}
          consequence={
            <>
              <p>{t("video_sms.signature.deleteText")}</p>
              <Waiting what="video_signature" ids={[id]} />
            </>
          }
          act={() => act(() => signatureActs.remove(id))}
          done={t("video_sms.signature.deleted")}
        />
      )}
    </Space>
  );
}
