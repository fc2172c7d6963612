import { describe, expect, it } from "vitest";

import { bodyOf, factsOf, maxUnits, menuOf, portalValues, unitsOf } from "@/rooms/service_accounts/accountForm";

const picture = (id: string) => [{ id, name: "a.png", size: 1 }];
const facts = { pub_name: "鸿雁", pub_abstract: "简介", auto_get_port: false };

describe("an account's form", () => {
  it("counts Chinese twice", () => {
    expect(unitsOf("会员A1")).toBe(6);
    expect([1, 2, 3].map(maxUnits)).toEqual([24, 12, 8]);
  });

  it("sends signatures and regions only where the account collects channel numbers", () => {
    const filled = { ...facts, signs_for_auto_get_port: ["鸿雁"], areas_for_auto_get_port: ["全国"] };
    expect(factsOf(filled)).toMatchObject({ signs_for_auto_get_port: [], areas_for_auto_get_port: [] });
    expect(factsOf({ ...filled, auto_get_port: true })).toMatchObject({ signs_for_auto_get_port: ["鸿雁"], areas_for_auto_get_port: ["全国"] });
  });

  it("sends sub menus only of what opens them", () => {
    const sub = [{ name: "订单", action_type: "OPEN_URL" as const, content: "https://a.example" }];
    const { menu_items: items } = menuOf({
      menu_items: [
        { name: "服务", action_type: "OPEN_SUBMENU", content: "left over", sub_menu_items: sub },
        { name: "电话", action_type: "CALLING", content: "4008", sub_menu_items: sub },
      ],
    });
    expect(items.map((item) => [item.content, item.sub_menu_items?.length])).toEqual([
      ["", 1],
      ["4008", 0],
    ]);
  });

  it("sends pictures by their ids, and shows them again", () => {
    const body = bodyOf({ ...facts, logo_img: picture("l"), menu_items: [], background_img: picture("b"), summary: "介绍", tels: [], fastapps: [{ logo_img: picture("f") }] });
    expect([body.logo_img, body.background_img, body.fastapps?.[0]?.logo_img]).toEqual(["l", "b", "f"]);
    const shown = portalValues({ background_img: "b", summary: "介绍", tels: [], fastapps: [] }, "t", { background: "背景", logo: "图标" });
    expect(shown.background_img).toEqual([{ id: "b", name: "背景.png", size: 0, url: "/console/api/service-accounts/pictures/t/b" }]);
  });
});
