// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { api } from "@/client/api";
import { draw } from "@/kit/drawn";

import { NewDomain } from "./DomainDrawers";
import type { LinkDomain, LinkDomainDetail } from "./queries";

const DOMAIN: LinkDomain = {
  domain_id: 7,
  domain: "s.example.com",
  kind: "standard",
  state: "rejected",
  is_public: false,
  is_preset: false,
  reason: "哪家公司的域名？",
  is_asked_back: true,
  created_at: "2026-11-20T01:00:00Z",
};
const LETTER = { file_id: "00000000-0000-4000-8000-000000000001", name: "授权函.pdf", size_bytes: null };

/** Hand a domain in again; returns what is asked of the back end. */
async function handedIn(change: () => void = () => undefined) {
  const detail: LinkDomainDetail = { domain: DOMAIN, letter: LETTER, stories: [] };
  vi.spyOn(api, "GET").mockResolvedValue({ data: detail, response: new Response() } as never);
  const asked = vi.spyOn(api, "POST").mockResolvedValue({ data: DOMAIN, response: new Response() });
  await draw(<NewDomain old={DOMAIN} close={() => undefined} />);
  expect((await screen.findByText(LETTER.name)).closest("a")?.getAttribute("href")).toBe(`/console/api/link-domains/letters/${LETTER.file_id}`);
  expect(document.querySelector("[data-reject-reason=asked]")?.textContent).toContain(DOMAIN.reason);
  change();
  fireEvent.click(screen.getByText("确定"));
  await waitFor(() => expect(asked).toHaveBeenCalledOnce());
  return asked;
}

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it("hands a domain in again with its letter, and shows a question as one", async () => {
  const asked = await handedIn();
  expect(asked).toHaveBeenCalledExactlyOnceWith("/console/api/link-domains", { body: { domain: "s.example.com", kind: "standard", letter_id: LETTER.file_id } });
});

it("leaves a letter out that was taken out", async () => {
  const asked = await handedIn(() => {
    fireEvent.click(within(screen.getByRole("list")).getByRole("button"));
  });
  expect(asked).toHaveBeenCalledExactlyOnceWith("/console/api/link-domains", { body: { domain: "s.example.com", kind: "standard", letter_id: null } });
});
