import type { catalogue } from "./chinese";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof catalogue };
    strictKeyChecks: true;
  }
}
