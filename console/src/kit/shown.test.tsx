// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";

import { draw } from "./drawn";
import { History } from "./History";
import { PhonePreview } from "./PhonePreview";
import { RejectReason } from "./RejectReason";
import { StateTag } from "./StateTag";

afterEach(cleanup);

describe("PhonePreview", () => {
  it("shows the card first and the text on demand, with its link", async () => {
    await draw(<PhonePreview sender="106900001" signature="鸿雁" text="看这里 v.example/a1b2 谢谢" link="v.example/a1b2" card={<b>the card</b>} menu={<i>the menu</i>} />);
    expect(screen.getByText("the card")).toBeTruthy();
    await userEvent.click(screen.getByText("显示原文"));
    expect(screen.queryByText("the card")).toBeNull();
    expect(document.querySelector(".phone-bubble")?.textContent).toBe("【鸿雁】看这里 v.example/a1b2 谢谢");
    expect(document.querySelector(".phone-link")?.textContent).toBe("v.example/a1b2");
    expect(screen.getByText("the menu")).toBeTruthy();
  });

  it("shows only the text where there is no card, and says where it will be", async () => {
    await draw(<PhonePreview />);
    expect(screen.queryByRole("radio")).toBeNull();
    expect(screen.getByText("短信内容将显示在这里")).toBeTruthy();
  });
});

describe("StateTag", () => {
  it("tells why to who points at it or comes by keyboard", async () => {
    await draw(<StateTag state="held" tone="unclear" text="Held" reason="night" />);
    const tag = screen.getByText("Held");
    expect(tag.dataset.state).toBe("held");
    await userEvent.tab();
    expect(document.activeElement).toBe(tag);
    expect((await screen.findByRole("tooltip")).textContent).toBe("night");
  });

  it("says that the desk asks rather than that it refused", async () => {
    await draw(<StateTag state="rejected" tone="bad" text="Rejected" reason="Which shop?" isAskedBack />);
    const tag = screen.getByText("请补充");
    expect(tag.dataset.state).toBe("rejected");
    expect(screen.queryByText("Rejected")).toBeNull();
    await userEvent.tab();
    expect((await screen.findByRole("tooltip")).textContent).toBe("Which shop?");
  });

  it("is no stop for the keyboard without a reason", async () => {
    await draw(<StateTag state="ok" tone="good" text="OK" reason="" />);
    expect(screen.getByText("OK").tabIndex).toBe(-1);
  });
});

describe("RejectReason and History", () => {
  it("show what was said, when and by whom", async () => {
    await draw(
      <>
        <RejectReason reason="The letter has no seal." at="2026-11-23 10:00:00" />
        <History
          zone="Asia/Shanghai"
          events={[{ key: "1", at: "2026-11-23T02:00:00Z", what: "Rejected", who: "reviewer", note: "no seal", tone: "bad" }]}
        />
      </>,
    );
    expect(screen.getByRole("alert").textContent).toContain("The letter has no seal.");
    expect(screen.getByText("Rejected").parentElement?.textContent).toBe("Rejected · reviewer");
    expect(screen.getAllByText("2026-11-23 10:00:00")).toHaveLength(2);
  });

  it("tell a question from a refusal", async () => {
    await draw(<RejectReason isAskedBack reason="Which shop?" />);
    expect(screen.getByRole("alert").textContent).toContain("请补充");
    expect(screen.getByRole("alert").textContent).not.toContain("审核未通过");
  });

  it("say that nothing has happened", async () => {
    await draw(<History zone="UTC" events={[]} />);
    expect(screen.getByText("暂无记录")).toBeTruthy();
  });
});
