/** Files on their way inside a form: what sends the form waits until they have arrived. */
import { createContext, use, useEffect } from "react";

interface Uploading {
  isUploading: boolean;
  /** Count one field more, or one less, whose files are on their way. */
  add: (change: 1 | -1) => void;
}

export const UploadingContext = createContext<Uploading>({ isUploading: false, add: () => undefined });

/** Tell the form around whether a field's files are on their way. */
export function useTellUploading(isBusy: boolean): void {
  const { add } = use(UploadingContext);
  useEffect(() => {
    if (!isBusy) {
      return undefined;
    }
    add(1);
    return () => add(-1);
  }, [isBusy, add]);
}

/** Whether the form around waits for files. */
export function useIsUploading(): boolean {
  return use(UploadingContext).isUploading;
}
