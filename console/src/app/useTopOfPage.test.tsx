// @vitest-environment jsdom
import { act, cleanup, render } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, expect, it, vi } from "vitest";

import { useTopOfPage } from "@/app/useTopOfPage";

function Anything() {
  useTopOfPage();
  return <p>page</p>;
}

afterEach(cleanup);

it("begins at the top of another page, not when a list is filtered or somebody goes back", async () => {
  const scroll = vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);
  const router = createMemoryRouter([{ path: "*", element: <Anything /> }], { initialEntries: ["/tasks"] });
  render(<RouterProvider router={router} />);
  await act(() => router.navigate("/tasks?page=2"));
  expect(scroll).not.toHaveBeenCalled();
  await act(() => router.navigate("/tasks/7"));
  expect(scroll).toHaveBeenCalledExactlyOnceWith(0, 0);
  await act(() => router.navigate(-1));
  expect(scroll).toHaveBeenCalledOnce();
});
