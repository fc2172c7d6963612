import { DeleteOutlined, FileOutlined, PaperClipOutlined } from "@ant-design/icons";
import { Button, Image } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatBytes, isPicture } from "@/kit/files";
import type { Uploaded } from "@/kit/useUploads";

interface FileListProps {
  files: readonly Uploaded[];
  remove?: (file: Uploaded) => void;
}

/** The picture itself, or the first page of a document whose others are leafed through; a sign where nothing can be drawn. */
function Look({ file }: { file: Uploaded }) {
  const { t } = useTranslation();
  const [isLost, setLost] = useState(false);
  const [pages, setPages] = useState<readonly string[]>([]);
  const src = isPicture(file.name) ? file.url : file.look;

  async function open(isOpen: boolean): Promise<void> {
    if (isOpen && file.looks !== undefined && pages.length === 0) {
      // Without an answer the first page stays.
      setPages(await file.looks().catch(() => []));
    }
  }

  return src === undefined || isLost ? (
    <FileOutlined aria-hidden style={{ fontSize: 22, width: 40 }} />
  ) : (
    <Image.PreviewGroup items={pages.length > 0 ? [...pages] : [src]} preview={{ onOpenChange: (isOpen) => void open(isOpen) }}>
      <Image src={src} width={40} height={40} alt={t("kit.upload.preview", { name: file.name })} onError={() => setLost(true)} style={{ objectFit: "cover" }} />
    </Image.PreviewGroup>
  );
}

/** Files with name and size; pictures can be looked at, others are fetched where they have an address. */
export function FileList({ files, remove }: FileListProps) {
  const { t } = useTranslation();
  if (files.length === 0) {
    return null;
  }
  return (
    <ul className="files" aria-label={t("kit.upload.files")}>
      {files.map((file) => (
        <li key={file.id} data-file={file.name}>
          <Look file={file} />
          <span className="upload-name">
            {file.url !== undefined && !isPicture(file.name) ? (
              <a href={file.url} download>
                <PaperClipOutlined aria-hidden /> {file.name}
              </a>
            ) : (
              file.name
            )}
            {file.size > 0 && <small className="faint"> {formatBytes(file.size)}</small>}
          </span>
          {remove !== undefined && (
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined aria-hidden />}
              aria-label={t("kit.upload.remove", { name: file.name })}
              onClick={() => remove(file)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
