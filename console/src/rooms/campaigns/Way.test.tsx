// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";

import { draw } from "@/kit/drawn";
import type { Life } from "@/rooms/campaigns/queries";
import { Way } from "@/rooms/campaigns/Way";

afterEach(cleanup);

const WAY: NonNullable<Life["way"]> = {
  account_id: 7,
  segment_carrier: "mobile",
  ported_carrier: "unicom",
  share_percent: 40,
  is_chosen: true,
  why: { zh: "选用", en: "takes this number" },
};
const why = () => document.querySelector("[data-way]");

it("says whose number it is and why the channel took it", async () => {
  await draw(<Way way={WAY} />);
  expect(screen.getByText(/联通.*由移动携号转入/)).toBeTruthy();
  expect(why()?.textContent).toBe("选用 （该通道承担 40% 的同类号码）");
});

it("says that another channel would take it now, or that the channel is gone", async () => {
  await draw(
    <>
      <Way way={{ ...WAY, is_chosen: false, why: { zh: "已暂停，其他通道优先", en: "paused" } }} />
      <Way way={{ ...WAY, segment_carrier: null, ported_carrier: null, is_chosen: false, why: null }} />
    </>,
  );
  expect(why()?.textContent).toContain("已暂停，其他通道优先");
  expect(why()?.textContent).toContain("现在会由其他通道发送");
  expect(screen.getByText("未知运营商")).toBeTruthy();
  expect(screen.getByText("该通道已不存在，或暂无通道可发送此类号码")).toBeTruthy();
});

it("names the channel for who may know its name", async () => {
  await draw(
    <>
      <Way way={WAY} nameOf={(id) => `channel ${id}`} />
      <Way way={{ ...WAY, account_id: 8 }} />
      <Way way={{ ...WAY, account_id: null }} nameOf={(id) => `channel ${id}`} />
    </>,
  );
  expect(screen.getByText("channel 7")).toBeTruthy();
  expect(screen.getByText("8")).toBeTruthy();
  expect(screen.getByText("–")).toBeTruthy();
});
