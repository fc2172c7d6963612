import { EyeInvisibleOutlined, EyeOutlined, MobileOutlined } from "@ant-design/icons";
import { App, Button, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useProblemText } from "@/kit/Trouble";
import { useReveal } from "@/rooms/campaigns/queries";
import type { Message } from "@/rooms/campaigns/sendTask";
import { useSignedIn } from "@/rooms/identity/session";

interface PhoneNumberProps {
  taskId: string;
  message: Pick<Message, "message_id" | "phone_masked">;
  mayReveal: boolean;
}

/** A masked number that can be shown whole, which the audit log notes; in a demo it then leads to its handset. */
export function PhoneNumber({ taskId, message, mayReveal }: PhoneNumberProps) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { message: toast } = App.useApp();
  const textOf = useProblemText();
  const { mutateAsync, isPending } = useReveal(taskId);
  const [phone, setPhone] = useState<string | null>(null);

  async function reveal(): Promise<void> {
    try {
      const shown = await mutateAsync(message.message_id);
      setPhone(shown.phone ?? null);
      toast.info(t("message.revealed"));
    } catch (error) {
      toast.error(textOf(error));
    }
  }

  // Who does not point at the button hears of the audit log, too.
  const label = `${t("message.reveal")} · ${t("message.revealNote")}`;
  if (!mayReveal) {
    return <span className="nowrap">{message.phone_masked}</span>;
  }
  return (
    <span className="nowrap">
      <span data-phone>{phone ?? message.phone_masked}</span>
      {phone === null ? (
        // Of a whole page of numbers: the browser's own hint draws faster than the library's.
        <Button
          type="text"
          size="small"
          icon={<EyeOutlined aria-hidden />}
          loading={isPending}
          title={label}
          aria-label={label}
          onClick={() => void reveal()}
        />
      ) : (
        <Button
          type="text"
          size="small"
          icon={<EyeInvisibleOutlined aria-hidden />}
          aria-label={t("message.hide")}
          onClick={() => setPhone(null)}
        />
      )}
      {phone !== null && session.handset_url && (
        <Tooltip title={t("message.handset")}>
          <Button
            type="text"
            size="small"
            icon={<MobileOutlined aria-hidden />}
            href={`${session.handset_url}/phone/${phone}`}
            target="_blank"
            rel="noreferrer"
            aria-label={t("message.handset")}
          />
        </Tooltip>
      )}
    </span>
  );
}
