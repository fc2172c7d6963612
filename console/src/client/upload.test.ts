// @vitest-environment jsdom
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { context } from "./api";
import { Problem } from "./problem";
import { sendFile } from "./upload";

let server: Server | undefined;

async function serve(status: number, document: unknown, heard: (request: IncomingMessage, body: string) => void): Promise<string> {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const allowed = { "access-control-allow-origin": location.origin, "access-control-allow-headers": "accept-language, x-csrf-token" };
      if (request.method === "OPTIONS") {
        response.writeHead(204, allowed).end();
        return;
      }
      heard(request, Buffer.concat(parts).toString());
      response.writeHead(status, { ...allowed, "content-type": "application/json" }).end(JSON.stringify(document));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`;
}

afterEach(() => {
  server?.close();
  context.csrf = "";
});

const file = () => new File(["the file"], "a.txt");

describe("sendFile", () => {
  it("sends the file with its fields and the CSRF token, and returns the answer", async () => {
    context.csrf = "token-1";
    let got = { csrf: "", body: "" };
    const url = await serve(201, { id: "f1" }, (request, body) => (got = { csrf: String(request.headers["x-csrf-token"]), body }));
    expect(await sendFile<{ id: string }>({ url, file: file(), fields: { kind: "letter" } })).toEqual({ id: "f1" });
    expect(got.csrf).toBe("token-1");
    expect(got.body).toContain("the file");
    expect(got.body).toMatch(/name="kind"\s+letter/);
  });

  it("throws the server's refusal", async () => {
    const url = await serve(400, { code: "x.type", title: "no", field: "file", request_id: "r" }, () => undefined);
    await expect(sendFile({ url, file: file() })).rejects.toEqual(new Problem(400, "x.type", "no", "file", "r"));
  });

  it("throws when it is stopped", async () => {
    const url = await serve(200, {}, () => undefined);
    const control = new AbortController();
    const sent = sendFile({ url, file: file(), signal: control.signal });
    control.abort();
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  });
});
