import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Console } from "@/app/Console";
import { startLanguage } from "@/i18n/language";

import "@/kit/console.css";

const root = document.getElementById("root");
if (root !== null) {
  await startLanguage();
  createRoot(root).render(
    <StrictMode>
      <Console />
    </StrictMode>,
  );
}
