import type { first } from "./chinese";
import type { rooms } from "./chineseRooms";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof first & typeof rooms };
    strictKeyChecks: true;
  }
}
