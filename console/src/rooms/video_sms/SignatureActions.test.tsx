// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { draw } from "@/kit/drawn";
import { type SignedIn, SignedInContext } from "@/rooms/identity/session";
import { SignatureActions } from "@/rooms/video_sms/SignatureActions";
import type { VideoSignature, VideoSignatureState } from "@/rooms/video_sms/signatureQueries";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

async function offered(state: VideoSignatureState, permissions: string[]): Promise<string[]> {
  const signature = { signature_id: "1", signature_name: "鸿雁", state } as VideoSignature;
  const signedIn = { session: { tenant: { id: "t" }, user: { roles: [] }, permissions }, zone: "Asia/Shanghai" } as unknown as SignedIn;
  await draw(
    <SignedInContext value={signedIn}>
      <SignatureActions signature={signature} open={() => undefined} />
    </SignedInContext>,
  );
  const texts = screen.getAllByRole("button").map((one) => one.textContent);
  cleanup();
  return texts;
}

it("offers what fits the state to who may edit templates, and a look to everybody else", async () => {
  const editor = ["kooMessage:aimBasicTemplate:create"];
  expect(await offered("reviewing", editor)).toEqual(["详情", "撤回", "催审", "删除"]);
  expect(await offered("rejected", editor)).toEqual(["详情", "修改", "删除"]);
  expect(await offered("approved", editor)).toEqual(["详情", "删除"]);
  expect(await offered("rejected", ["kooMessage:aimBasicTemplate:list"])).toEqual(["详情"]);
});
