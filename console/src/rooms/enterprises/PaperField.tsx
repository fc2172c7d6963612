import { DownloadOutlined } from "@ant-design/icons";
import { App } from "antd";
import { useTranslation } from "react-i18next";

import { FileList } from "@/kit/FileList";
import { StateTag } from "@/kit/StateTag";
import { useProblemText } from "@/kit/Trouble";
import { UploadField } from "@/kit/UploadField";
import type { Uploaded } from "@/kit/useUploads";
import { type Field, type Paper, removePaper, type Scene, senderOf, shownPaper, urlOfLetter, useFilingsChanged } from "@/rooms/enterprises/queries";
import { useWord } from "@/rooms/enterprises/words";

interface PaperFieldProps {
  scene: Scene;
  field: Field;
  /** The paper that counts now: this filing's own, or one that another had approved. */
  paper: Paper | undefined;
  isLocked: boolean;
  /** Given by the form. */
  id?: string;
  value?: Uploaded[];
  onChange?: (files: Uploaded[]) => void;
}

function Sample({ field }: { field: Field }) {
  const { t } = useTranslation();
  const wordOf = useWord();
  return (
    field.letter !== "" && (
      <a href={urlOfLetter(field.letter)} download>
        <DownloadOutlined aria-hidden /> {t("enterprises.sample", { name: wordOf(field) })}
      </a>
    )
  );
}

/** A document of a filing: sent as soon as it is chosen, shown, replaced, removed; or reused from another filing. */
export function PaperField({ scene, field, paper, isLocked, id, value = [], onChange }: PaperFieldProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const textOf = useProblemText();
  const changed = useFilingsChanged();
  const reused = paper !== undefined && paper.scene !== scene && value.length === 0 ? paper : undefined;

  async function take(files: Uploaded[]): Promise<void> {
    if (files.length === 0) {
      try {
        await removePaper(scene, field.name);
      } catch (error) {
        message.error(textOf(error));
        return;
      }
    }
    // What has just arrived is looked at like what was there.
    onChange?.(files.map((file) => (file.url === undefined ? shownPaper({ paper_id: file.id, name: file.name, size_bytes: file.size }) : file)));
    await changed();
  }

  return (
    <div data-paper={field.name}>
      {reused !== undefined && (
        <div data-reused={reused.scene} style={{ marginBottom: 8 }}>
          <StateTag state="reused" tone="good" text={t("enterprises.state.approved")} />
          <span className="faint">{t("enterprises.reused", { scene: t(`enterprises.scene.${reused.scene}`) })}</span>
          <FileList files={[shownPaper(reused)]} />
        </div>
      )}
      {isLocked ? (
        <>
          <FileList files={value} />
          {value.length === 0 && reused === undefined && <span className="faint">–</span>}
        </>
      ) : (
        <UploadField
          id={id}
          value={value}
          onChange={(files) => void take(files)}
          types={field.types.map((type) => `.${type}`)}
          maxBytes={field.max_bytes}
          send={senderOf(scene, field.name)}
          sample={<Sample field={field} />}
          hint={field.group === "special" ? t("enterprises.specialNote") : undefined}
        />
      )}
    </div>
  );
}
