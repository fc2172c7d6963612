// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { Problem } from "@/client/problem";

import { draw } from "./drawn";
import { UploadField } from "./UploadField";
import type { Send, Uploaded } from "./useUploads";

const MIB = 1024 * 1024;

afterEach(cleanup);

function Field({ send, max, tell }: { send?: Send; max?: number; tell?: (files: Uploaded[]) => void }) {
  const [files, setFiles] = useState<Uploaded[]>([]);
  return (
    <UploadField
      id="letter"
      types={[".png", ".pdf"]}
      maxBytes={40 * MIB}
      max={max}
      send={send}
      value={files}
      onChange={(next) => {
        setFiles(next);
        tell?.(next);
      }}
    />
  );
}

/** A file that says how large it is without being it. */
function fileOf(name: string, size: number): File {
  const file = new File(["x"], name);
  Object.defineProperty(file, "size", { value: size });
  return file;
}

function choose(...files: File[]): void {
  const input = document.querySelector<HTMLInputElement>("input[type=file]");
  if (input === null) {
    throw new Error("no file input");
  }
  fireEvent.change(input, { target: { files } });
}

describe("UploadField", () => {
  it.each([
    ["41 MB", "scan.png", 41 * MIB, "scan.png：文件大小 41 MB，超过 40 MB 的限制，未上传"],
    ["another type", "run.exe", 10, "run.exe：不支持的文件类型，仅支持 .png .pdf"],
    ["nothing in it", "none.pdf", 0, "none.pdf：文件为空"],
  ])("refuses a file of %s before anything is sent", async (_what, name, size, said) => {
    const send = vi.fn<Send>();
    await draw(<Field send={send} />);
    choose(fileOf(name, size));
    expect((await screen.findByRole("alert")).textContent).toContain(said);
    expect(send).not.toHaveBeenCalled();
  });

  it("shows progress, then the file, and takes it back on demand", async () => {
    let finish: (sent: { id: string }) => void = () => undefined;
    let tellShare: (share: number) => void = () => undefined;
    const send: Send = (_file, progress) => {
      tellShare = progress;
      return new Promise((resolve) => (finish = resolve));
    };
    await draw(<Field send={send} />);
    choose(fileOf("scan.png", 2 * MIB));
    const bar = await screen.findByRole("progressbar", { name: "scan.png 的上传进度" });
    tellShare(0.42);
    await waitFor(() => expect(bar.getAttribute("aria-valuenow")).toBe("42"));
    finish({ id: "f1" });
    expect((await screen.findByRole("img", { name: "预览 scan.png" })).getAttribute("src")).toBe("blob:picture");
    expect(screen.queryByRole("progressbar")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "移除 scan.png" }));
    expect(screen.queryByRole("img")).toBeNull();
  });

  it("stops what is on its way without a word", async () => {
    const send: Send = (_file, _progress, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
      });
    await draw(<Field send={send} />);
    choose(fileOf("scan.png", MIB));
    await userEvent.click(await screen.findByRole("button", { name: "停止上传 scan.png" }));
    await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull());
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("shows the server's refusal here", async () => {
    await draw(<Field send={() => Promise.reject(new Problem(400, "x", "not a picture"))} />);
    choose(fileOf("scan.png", MIB));
    expect((await screen.findByRole("alert")).textContent).toContain("scan.png: not a picture");
  });

  it("holds several, no more than it may, and leaves them to the form without a sender", async () => {
    const tell = vi.fn<(files: Uploaded[]) => void>();
    await draw(<Field max={2} tell={tell} />);
    choose(fileOf("a.png", 1), fileOf("b.pdf", 1), fileOf("c.pdf", 1));
    expect((await screen.findByRole("alert")).textContent).toContain("最多上传 2 个文件");
    const held = tell.mock.lastCall?.[0] ?? [];
    expect(held.map(({ name, file }) => [name, file?.name])).toEqual([["a.png", "a.png"], ["b.pdf", "b.pdf"]]);
  });

  it("puts a new single file in the place of the old one", async () => {
    const tell = vi.fn<(files: Uploaded[]) => void>();
    await draw(<Field tell={tell} />);
    choose(fileOf("a.png", 1));
    await waitFor(() => expect(tell).toHaveBeenCalledOnce());
    choose(fileOf("b.png", 1));
    await waitFor(() => expect(tell.mock.lastCall?.[0].map(({ name }) => name)).toEqual(["b.png"]));
  });
});
