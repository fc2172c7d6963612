import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import type { SendTask } from "@/rooms/campaigns/sendTask";
import { TaskActions } from "@/rooms/campaigns/TaskActions";

/** What may be done with a task of a list: what its state allows, and sending another one like it. */
export function RowActions({ task }: { task: SendTask }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Space size={0} wrap>
      <TaskActions task={task} isSmall />
      {task.source === "hongyan" && (
        <Button type="link" size="small" onClick={() => void navigate(`/send-tasks/new?copy=${task.task_id}`)}>
          {t("campaigns.copy")}
        </Button>
      )}
    </Space>
  );
}
