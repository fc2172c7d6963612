// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import { Problem } from "@/client/problem";
import { createQueryClient } from "@/client/query";
import { draw } from "@/kit/drawn";
import { type Session, type SignedIn, SignedInContext } from "@/rooms/identity/session";

import { LinkForm } from "./LinkForm";
import { pages } from "./pages";

const CREATE = "kooMessage:devResolveTask:create";
const DOMAINS = "hongyan:linkDomain:list";
const DOMAIN = { domain_id: 1, domain: "s.example.com", kind: "standard", state: "active", is_public: true, is_preset: true };

const sessionOf = (permissions: readonly string[]) => ({ tenant: { id: "t", services: [] }, user: { id: "u", roles: ["te_admin"] }, permissions }) as unknown as Session;

/** Draw the form before a back end that answers by address; what is not among the answers has nothing. */
async function drawn(answers: Record<string, () => Promise<unknown>> = {}, address = "/page") {
  vi.spyOn(api, "GET").mockImplementation((async (path: string) => {
    const known = answers[path];
    const data = known === undefined ? { items: path === "/console/api/link-domains" ? [DOMAIN] : [], total: 0 } : await known();
    return { data, response: new Response() };
  }) as never);
  const signedIn: SignedIn = { session: sessionOf([CREATE, DOMAINS, "hongyan:numberFile:create"]), zone: "Asia/Shanghai" };
  await draw(
    <QueryClientProvider client={createQueryClient()}>
      <SignedInContext value={signedIn}>
        <LinkForm />
      </SignedInContext>
    </QueryClientProvider>,
    address,
  );
}

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("the form of links", () => {
  it("is offered to who can see link domains only", () => {
    const form = pages.find(({ path }) => path === "resolve-tasks/new");
    expect(form?.may(sessionOf([CREATE, DOMAINS]))).toBe(true);
    expect(form?.may(sessionOf([CREATE]))).toBe(false);
  });

  it("says that link domains cannot be read instead of offering none", async () => {
    await drawn({ "/console/api/link-domains": () => Promise.reject(new Problem(403, "forbidden", "no such permission")) });
    expect(await screen.findByText("no such permission")).toBeTruthy();
    expect(screen.queryByText("生成")).toBeNull();
  });

  it("asks for the file again after a look at the other kind", async () => {
    await drawn();
    fireEvent.click(await screen.findByText("文件上传"));
    expect(screen.getByText("客户文件")).toBeTruthy();
    fireEvent.click(screen.getByText("群发"));
    expect(screen.queryByText("客户文件")).toBeNull();
    fireEvent.click(screen.getByText("个性化"));
    expect(screen.getByLabelText<HTMLInputElement>("文件上传").checked).toBe(true);
    expect(screen.getByText("客户文件")).toBeTruthy();
  });

  it("makes no links before it knows the card, and says when that cannot be read", async () => {
    let answer: () => Promise<unknown> = () => Promise.reject(new Problem(503, "busy", "one moment"));
    await drawn({ "/console/api/send-form/card-templates/{tpl_id}": () => answer() }, "/page?card=600000001");
    expect(await screen.findByText("无法读取该模板，暂不能生成：one moment")).toBeTruthy();
    const submit = screen.getByText("生成").closest("button");
    expect(submit?.disabled).toBe(true);
    answer = () => Promise.resolve({ tpl_id: "600000001", name: "会员日", params: [{ name: "param1", example: "王" }], vendors: [], is_active: true, is_public: false });
    fireEvent.click(screen.getByText("重试"));
    await waitFor(() => expect(submit?.disabled).toBe(false));
    expect(document.querySelector("[data-card-trouble]")).toBeNull();
  });
});
