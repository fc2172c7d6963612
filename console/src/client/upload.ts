/** Sending a file with progress: what fetch cannot tell. */
import { context } from "@/client/api";
import { noteAnswer } from "@/client/expiry";
import { Problem, readProblem, UNREACHABLE } from "@/client/problem";

export interface Sending {
  url: string;
  file: File;
  /** The name of the file's part; `file` unless said. */
  part?: string;
  /** Further parts of the form. */
  fields?: Readonly<Record<string, string>>;
  /** Told how much has gone out, from 0 to 1. */
  progress?: (share: number) => void;
  signal?: AbortSignal;
}

function documentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Send a file as multipart/form-data; return the answer's document.
 *
 * @throws Problem when the server refuses it or cannot be reached; DOMException `AbortError` when the signal stops it.
 */
export function sendFile<T>({ url, file, part = "file", fields = {}, progress, signal }: Sending): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept-Language", context.language);
    if (context.csrf !== "") {
      request.setRequestHeader("X-CSRF-Token", context.csrf);
    }
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) {
        progress?.(loaded / total);
      }
    };
    request.onload = () => {
      const document = documentOf(request.responseText);
      noteAnswer(request.status, url);
      if (request.status >= 200 && request.status < 300) {
        resolve(document as T);
      } else {
        reject(readProblem(request.status, document));
      }
    };
    request.onerror = () => reject(new Problem(0, UNREACHABLE, ""));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      body.append(name, value);
    }
    body.append(part, file);
    request.send(body);
  });
}
