import { CaretRightOutlined, PauseOutlined, StopOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";

import { useProblemText } from "@/kit/Trouble";
import { useTaskAction } from "@/rooms/campaigns/queries";
import { type Action, actionsOf, type SendTask } from "@/rooms/campaigns/sendTask";

const ICONS = {
  start: <CaretRightOutlined aria-hidden />,
  pause: <PauseOutlined aria-hidden />,
  resume: <CaretRightOutlined aria-hidden />,
  cancel: <StopOutlined aria-hidden />,
};

interface TaskActionsProps {
  task: SendTask;
  /** Of a row in a list. */
  isSmall?: boolean;
}

/** Start, pause, resume, cancel: what the task's state allows, each asked for first. */
export function TaskActions({ task, isSmall = false }: TaskActionsProps) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const { mutateAsync, isPending } = useTaskAction(task.task_id);
  const textOf = useProblemText();

  async function act(action: Action): Promise<void> {
    try {
      await mutateAsync(action);
      message.success(t("action.done"));
    } catch (error) {
      message.error(textOf(error));
    }
  }

  function ask(action: Action): void {
    modal.confirm({
      title: t(`action.${action}Ask`, { name: task.name }),
      content: t(`action.${action}Text`),
      okText: t(`action.${action}`),
      cancelText: t("action.back"),
      okButtonProps: { danger: action === "cancel" },
      onOk: () => act(action),
    });
  }

  return actionsOf(task).map((action) => (
    <Button
      key={action}
      icon={isSmall ? undefined : ICONS[action]}
      size={isSmall ? "small" : "middle"}
      type={isSmall ? "link" : action === "start" || action === "resume" ? "primary" : "default"}
      danger={action === "cancel"}
      disabled={isPending}
      onClick={() => ask(action)}
    >
      {t(`action.${action}`)}
    </Button>
  ));
}
