// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";

import { draw } from "./drawn";
import { FileList } from "./FileList";

afterEach(cleanup);

const PAPER = { id: "p", name: "letter.pdf", size: 1, url: "/papers/p", look: "/papers/p/pages/0" };
const shownPage = () => document.querySelector(".ant-image-preview-img")?.getAttribute("src");

it("leafs through the pages of a document, asked for when it is opened", async () => {
  const looks = vi.fn(() => Promise.resolve([0, 1, 2].map((page) => `/papers/p/pages/${page}`)));
  await draw(<FileList files={[{ ...PAPER, looks }]} />);
  expect(looks).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("img", { name: "预览 letter.pdf" }));
  await screen.findByText("1 / 3");
  expect(shownPage()).toBe("/papers/p/pages/0");
  await userEvent.click(screen.getByRole("img", { name: "right" }));
  await screen.findByText("2 / 3");
  expect(shownPage()).toBe("/papers/p/pages/1");
});

it("stays with the first page where the others cannot be found", async () => {
  await draw(<FileList files={[{ ...PAPER, looks: () => Promise.reject(new Error("gone")) }]} />);
  await userEvent.click(screen.getByRole("img", { name: "预览 letter.pdf" }));
  await vi.waitFor(() => expect(shownPage()).toBe("/papers/p/pages/0"));
  expect(screen.queryByText(/\/ 3/)).toBeNull();
});
