import { QueryClientProvider } from "@tanstack/react-query";
import { App, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { RouterProvider } from "react-router/dom";

import { createRouter } from "@/app/routes";
import { createQueryClient } from "@/client/query";
import { themeOf } from "@/kit/theme";
import { useShownTheme } from "@/kit/themeChoice";

/** Everything that surrounds the pages: language, theme, cache, routes. */
export function Console() {
  const { i18n } = useTranslation();
  const [client] = useState(createQueryClient);
  const [router] = useState(createRouter);
  const shown = useShownTheme();
  const theme = useMemo(() => themeOf(shown), [shown]);
  return (
    <ConfigProvider theme={theme} locale={i18n.language === "en" ? enUS : zhCN} button={{ autoInsertSpace: false }}>
      <App style={{ height: "100%" }}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  );
}
