/** What surrounds every page, for unit tests of parts: texts in Chinese, theme, messages, a router with an address. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { App, ConfigProvider } from "antd";
import i18next from "i18next";
import type { ReactNode } from "react";
import { initReactI18next } from "react-i18next";
import { createMemoryRouter, RouterProvider } from "react-router";

import { first } from "@/i18n/chinese";
import { rooms } from "@/i18n/chineseRooms";

import "@/kit/jsdom";

/** Draw a part on a page at an address; returns the router, whose address the part may change. */
export async function draw(part: ReactNode, address = "/page") {
  await i18next.use(initReactI18next).init({ lng: "zh-CN", fallbackLng: false, resources: { "zh-CN": { translation: { ...first, ...rooms } } }, interpolation: { escapeValue: false } });
  const router = createMemoryRouter(
    [
      { path: "/page", element: part },
      { path: "*", element: <p>elsewhere</p> },
    ],
    { initialEntries: [address] },
  );
  render(
    <ConfigProvider button={{ autoInsertSpace: false }} theme={{ token: { motion: false } }}>
      <App>
        <QueryClientProvider client={new QueryClient()}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>,
  );
  return router;
}
