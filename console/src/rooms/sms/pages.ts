import type { RoomPage } from "@/kit/roomPage";
import { may } from "@/rooms/identity/session";

export const pages: readonly RoomPage[] = [
  {
    path: "sms-apps",
    load: async () => (await import("@/rooms/sms/AppList")).AppList,
    may: (session) => may(session, "kooMessage:aimMsgApp:list"),
    menu: { group: "smsConfig", order: 10, text: "sms.app.menu" },
  },
  {
    path: "sms-signatures",
    load: async () => (await import("@/rooms/sms/SignatureList")).SignatureList,
    may: (session) => may(session, "kooMessage:aimMsgSignature:list"),
    menu: { group: "smsConfig", order: 20, text: "sms.signature.menu" },
  },
  {
    path: "sms-signatures/new",
    load: async () => (await import("@/rooms/sms/SignatureForm")).NewSignature,
    may: (session) => may(session, "kooMessage:aimMsgSignature:create"),
    needs: "sms",
  },
  {
    path: "sms-signatures/:signatureId/edit",
    load: async () => (await import("@/rooms/sms/SignatureForm")).EditedSignature,
    may: (session) => may(session, "kooMessage:aimMsgSignature:update"),
    needs: "sms",
  },
  {
    path: "sms-templates",
    load: async () => (await import("@/rooms/sms/TemplateList")).TemplateList,
    may: (session) => may(session, "kooMessage:aimMsgTemplate:list"),
    menu: { group: "smsConfig", order: 30, text: "sms.template.menu" },
  },
  {
    path: "sms-templates/new",
    load: async () => (await import("@/rooms/sms/TemplateForm")).NewTemplate,
    may: (session) => may(session, "kooMessage:aimMsgTemplate:create"),
    needs: "sms",
  },
  {
    path: "sms-templates/:templateId/edit",
    load: async () => (await import("@/rooms/sms/TemplateForm")).EditedTemplate,
    may: (session) => may(session, "kooMessage:aimMsgTemplate:update"),
    needs: "sms",
  },
];
