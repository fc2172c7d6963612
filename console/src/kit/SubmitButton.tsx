import { Button, type ButtonProps } from "antd";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { UploadingContext, useIsUploading } from "@/kit/uploading";

/** Stands around a form, or inside one, whose buttons wait for its files. */
export function UploadScope({ children }: { children: ReactNode }) {
  const [count, setCount] = useState(0);
  const add = useCallback((change: 1 | -1) => setCount((now) => now + change), []);
  const uploading = useMemo(() => ({ isUploading: count > 0, add }), [count, add]);
  return <UploadingContext value={uploading}>{children}</UploadingContext>;
}

/** Sends the form around it: not while a file is on its way, for it would be missing. */
export function SubmitButton({ disabled, children, ...button }: ButtonProps) {
  const { t } = useTranslation();
  const isUploading = useIsUploading();
  return (
    <>
      <Button type="primary" htmlType="submit" disabled={disabled === true || isUploading} {...button}>
        {children}
      </Button>
      {isUploading && (
        <span role="status" className="faint" style={{ marginInlineStart: 8 }}>
          {t("kit.upload.wait")}
        </span>
      )}
    </>
  );
}
