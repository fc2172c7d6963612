/** Files on their way: one entry each, until it is sent, refused or stopped. */
import { useRef, useState } from "react";

export interface Uploaded {
  /** What the server calls it; of a file that goes out with the form, an id of this page. */
  id: string;
  name: string;
  /** In octets. */
  size: number;
  /** Where this page can show it: a picture's object URL, or a safe address of ours. */
  url?: string;
  /** The address of a picture of its first page, where it is a document. */
  look?: string;
  /** Find the addresses of pictures of all its pages that can be shown, the first one first. */
  looks?: () => Promise<readonly string[]>;
  /** The file itself, where it goes out with the form. */
  file?: File;
}

/** Sends a file and tells how much of it has gone (0 to 1). */
export type Send = (file: File, progress: (share: number) => void, signal: AbortSignal) => Promise<Pick<Uploaded, "id">>;

export interface Upload {
  key: string;
  name: string;
  share: number;
  stop: () => void;
}

interface Uploads {
  running: readonly Upload[];
  /** Send a file; `undefined` when it was stopped. */
  start: (file: File, send: Send) => Promise<string | undefined>;
}

export function useUploads(): Uploads {
  const [running, setRunning] = useState<readonly Upload[]>([]);
  const count = useRef(0);

  async function start(file: File, send: Send): Promise<string | undefined> {
    count.current += 1;
    const key = String(count.current);
    const control = new AbortController();
    setRunning((now) => [...now, { key, name: file.name, share: 0, stop: () => control.abort() }]);
    const progress = (share: number) =>
      setRunning((now) => now.map((upload) => (upload.key === key ? { ...upload, share } : upload)));
    try {
      return (await send(file, progress, control.signal)).id;
    } catch (error) {
      if (control.signal.aborted) {
        return undefined;
      }
      throw error;
    } finally {
      setRunning((now) => now.filter((upload) => upload.key !== key));
    }
  }

  return { running, start };
}
