import { App } from "antd";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { may, useSignedIn } from "@/rooms/identity/session";
import { type Account, isOpen, type KnownService, mayOpen, newlyOpened, OPENED_WITH, useOpenService } from "@/rooms/overview/services";

interface OpenButtonProps {
  account: Account;
  service: KnownService;
  text: string;
}

/** Open a service, after saying what comes with it; only administrators see it. */
export function OpenButton({ account, service, text }: OpenButtonProps) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const { notification } = App.useApp();
  const open = useOpenService();
  if (!may(session, "hongyan:service:open")) {
    return null;
  }
  const name = t(`overview.services.name.${service}`);
  const companion = OPENED_WITH[service];
  const takes = companion === undefined || isOpen(account, companion) ? [] : [companion];
  const isReady = mayOpen(account);

  async function act(): Promise<void> {
    const after = await open.mutateAsync(service);
    const names = newlyOpened(account, after).map((one) => t(`overview.services.name.${one}`));
    notification.success({ title: t("overview.services.openedOne", { names: names.join(t("overview.services.and")) }) });
  }

  return (
    <ConfirmAction
      type="primary"
      text={text}
      ask={t("overview.services.openAsk", { name })}
      consequence={t("overview.services.openText", { company: account.legal_name })}
      takes={takes.map((one) => t("overview.services.openTake", { names: t(`overview.services.name.${one}`) }))}
      act={act}
      done={t("overview.services.openedOne", { names: name })}
      isDisabled={!isReady}
      title={isReady ? undefined : t("overview.services.blocked")}
    />
  );
}
