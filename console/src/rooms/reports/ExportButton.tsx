import { DownOutlined, ExportOutlined } from "@ant-design/icons";
import { App, Button, Dropdown } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { useProblemText } from "@/kit/Trouble";
import { may, useSignedIn } from "@/rooms/identity/session";
import { useExportActs, useExportKinds } from "@/rooms/reports/queries";
import type { ExportKind } from "@/rooms/reports/words";

interface ExportButtonProps {
  kind: ExportKind;
  /** What the list shows now, by the names of the kind; what asks nothing is left out. */
  filters: Record<string, unknown>;
  /** The list has phone numbers: who may see whole ones chooses. */
  hasNumbers?: boolean;
  /** The list is narrowed by a number or a mark, which no file that is kept names. */
  isOfOne?: boolean;
}

function asked(filters: Record<string, unknown>): Record<string, unknown> {
  const isNothing = (value: unknown) => value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => !isNothing(value)));
}

/** Order what a list shows as a file; it is made in the background and found in the download centre. */
export function ExportButton({ kind, filters, hasNumbers = false, isOfOne = false }: ExportButtonProps) {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const { session } = useSignedIn();
  const { data: kinds } = useExportKinds();
  const { order } = useExportActs();
  const textOf = useProblemText();
  const navigate = useNavigate();
  const [isPending, setPending] = useState(false);

  async function go(isFull: boolean): Promise<void> {
    setPending(true);
    try {
      const { id } = await order({ kind, filters: asked(filters), full_numbers: isFull });
      notification.success({
        key: id,
        title: t("reports.export.ordered"),
        description: t("reports.export.orderedNote"),
        actions: (
          <Button
            size="small"
            type="primary"
            onClick={() => {
              notification.destroy(id);
              void navigate("/reports/downloads");
            }}
          >
            {t("reports.export.look")}
          </Button>
        ),
      });
    } catch (refused) {
      notification.error({ title: t("reports.export.refused"), description: textOf(refused) });
    } finally {
      setPending(false);
    }
  }

  if (kinds?.items.includes(kind) !== true) {
    return null;
  }
  if (isOfOne) {
    return (
      <Button icon={<ExportOutlined aria-hidden />} disabled title={t("reports.export.ofOne")}>
        {t("reports.export.button")}
      </Button>
    );
  }
  if (hasNumbers && may(session, "hongyan:number:reveal")) {
    const items = [
      { key: "masked", label: t("reports.export.masked"), onClick: () => void go(false) },
      { key: "full", label: t("reports.export.full"), onClick: () => void go(true) },
    ];
    return (
      <Dropdown menu={{ items }} trigger={["click"]}>
        <Button icon={<ExportOutlined aria-hidden />} loading={isPending}>
          {t("reports.export.button")} <DownOutlined aria-hidden />
        </Button>
      </Dropdown>
    );
  }
  return (
    <Button icon={<ExportOutlined aria-hidden />} loading={isPending} onClick={() => void go(false)}>
      {t("reports.export.button")}
    </Button>
  );
}
