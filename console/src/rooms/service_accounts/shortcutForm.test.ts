import { describe, expect, it } from "vitest";

import { shortcutOf, shortcutValues } from "@/rooms/service_accounts/shortcutForm";

describe("the form of shortcut keys", () => {
  const body = {
    sign: "鸿雁商城",
    authorization_files: ["a", "b"],
    areas: ["河北省"],
    keys: [{ name: "打客服", action_type: "CALLING" as const, content: "4008008800" }],
  };

  it("sends proofs by their ids and keys without sub menus", () => {
    const sent = shortcutOf({
      sign: " 鸿雁商城 ",
      authorization_files: [{ id: "a", name: "a.png", size: 1 }],
      areas: ["全国"],
      keys: [{ name: "查订单", action_type: "OPEN_URL", content: "https://a.example", ext_msg: { web_title: "订单" } }],
    });
    expect([sent.sign, sent.authorization_files, sent.areas]).toEqual(["鸿雁商城", ["a"], ["全国"]]);
    expect(sent.keys[0]).toMatchObject({ name: "查订单", content: "https://a.example", ext_msg: { web_title: "订单", open_in_browser: false } });
    expect(sent.keys[0]).not.toHaveProperty("sub_menu_items");
  });

  it("shows what was handed in, and would send the same", () => {
    const values = shortcutValues({ ...body, keys: body.keys.map((key) => ({ ...key, ext_msg: {} as never })) }, "t", "授权证明");
    expect(values.authorization_files).toMatchObject([
      { id: "a", name: "授权证明1.png", url: "/console/api/service-accounts/pictures/t/a" },
      { id: "b", name: "授权证明2.png" },
    ]);
    expect(shortcutOf(values)).toMatchObject(body);
  });
});
