import { CloseOutlined, InboxOutlined } from "@ant-design/icons";
import { Alert, Button, Progress, Upload } from "antd";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { FileList } from "@/kit/FileList";
import { faultOf, formatBytes, isPicture } from "@/kit/files";
import { useProblemText } from "@/kit/Trouble";
import { useTellUploading } from "@/kit/uploading";
import { type Send, type Uploaded, useUploads } from "@/kit/useUploads";

interface UploadFieldProps {
  /** Given by the form. */
  id?: string;
  value?: readonly Uploaded[];
  onChange?: (files: Uploaded[]) => void;
  /** Endings such as `.png`, in small letters. */
  types: readonly string[];
  maxBytes: number;
  /** How many; one unless said. */
  max?: number;
  /** Sends each file at once; without it, files stay with the form, which sends them (`Uploaded.file`). */
  send?: Send;
  /** Such as a link to a sample letter. */
  sample?: ReactNode;
  /** What the file is for. */
  hint?: ReactNode;
  isDisabled?: boolean;
}

/** Choose or drop files: type and size are judged before anything is sent; progress, preview, removal. */
export function UploadField(props: UploadFieldProps) {
  const { id, value = [], onChange, types, maxBytes, max = 1, send, sample, hint, isDisabled = false } = props;
  const { t } = useTranslation();
  const textOf = useProblemText();
  const { running, start } = useUploads();
  const [fault, setFault] = useState<string | null>(null);
  // Several files may be on their way at once: each adds to what the others have left.
  const held = useRef<readonly Uploaded[]>(value);
  const urls = useRef(new Set<string>());
  useEffect(() => {
    held.current = value;
  }, [value]);
  useEffect(() => {
    const made = urls.current;
    return () => made.forEach((url) => URL.revokeObjectURL(url));
  }, []);
  useTellUploading(running.length > 0);

  function set(files: readonly Uploaded[]): void {
    held.current = files;
    onChange?.([...files]);
  }

  async function take(file: File, at: number): Promise<void> {
    const wrong = faultOf(file, { types, maxBytes });
    if (wrong !== undefined) {
      const words = { name: file.name, size: formatBytes(file.size), max: formatBytes(maxBytes), types: types.join(" ") };
      setFault(t(`kit.upload.${wrong}`, words));
      return;
    }
    // A single file takes the place of the one before.
    if (max > 1 && held.current.length + running.length + at >= max) {
      setFault(t("kit.upload.tooMany", { max }));
      return;
    }
    setFault(null);
    try {
      const fileId = send === undefined ? `${file.name}-${file.lastModified}-${at}` : await start(file, send);
      if (fileId === undefined) {
        return;
      }
      const url = isPicture(file.name) ? URL.createObjectURL(file) : undefined;
      if (url !== undefined) {
        urls.current.add(url);
      }
      const added: Uploaded = { id: fileId, name: file.name, size: file.size, url, file: send === undefined ? file : undefined };
      set(max === 1 ? [added] : [...held.current, added]);
    } catch (error) {
      setFault(`${file.name}: ${textOf(error)}`);
    }
  }

  const limits = t("kit.upload.limits", { types: types.join(" "), size: formatBytes(maxBytes) });
  return (
    <div className="upload">
      <Upload.Dragger
        id={id}
        accept={types.join(",")}
        multiple={max > 1}
        disabled={isDisabled}
        showUploadList={false}
        beforeUpload={(file, all) => {
          void take(file, send === undefined ? 0 : all.indexOf(file));
          return false;
        }}
        style={{ padding: 4 }}
      >
        <InboxOutlined aria-hidden style={{ fontSize: 26, color: "var(--accent)" }} />
        <div>{t("kit.upload.drag")}</div>
        <small className="faint">
          {limits}
          {max > 1 && t("kit.upload.count", { max })}
        </small>
      </Upload.Dragger>
      {(hint !== undefined || sample !== undefined) && (
        <div className="upload-hint">
          <span className="faint">{hint}</span>
          {sample}
        </div>
      )}
      {fault !== null && <Alert type="error" showIcon title={fault} closable={{ onClose: () => setFault(null) }} />}
      {running.map(({ key, name, share, stop }) => (
        <div key={key} className="upload-running">
          <span className="upload-name">{name}</span>
          <Progress percent={Math.floor(share * 100)} size="small" aria-label={t("kit.upload.progress", { name })} />
          <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t("kit.upload.stop", { name })} onClick={stop} />
        </div>
      ))}
      <FileList files={value} remove={isDisabled ? undefined : (file) => set(held.current.filter((one) => one.id !== file.id))} />
    </div>
  );
}
