import type { RoomPage } from "@/kit/roomPage";
import { may } from "@/rooms/identity/session";

export const pages: readonly RoomPage[] = [
  {
    path: "video-templates",
    load: async () => (await import("@/rooms/video_sms/TemplateList")).TemplateList,
    may: (session) => session.tenant !== null && may(session, "kooMessage:aimBasicTemplate:list"),
    menu: { group: "videoSms", order: 10, text: "video_sms.template.menu" },
  },
  {
    path: "video-templates/new",
    load: async () => (await import("@/rooms/video_sms/TemplateForm")).NewTemplate,
    may: (session) => may(session, "kooMessage:aimBasicTemplate:create"),
    needs: "basic",
  },
  {
    path: "video-tasks",
    load: async () => (await import("@/rooms/video_sms/TaskList")).TaskList,
    may: (session) => session.tenant !== null && may(session, "kooMessage:aimBasicSendTask:list"),
    menu: { group: "videoSms", order: 20, text: "video_sms.task.menu" },
  },
  {
    path: "video-tasks/new",
    load: async () => (await import("@/rooms/video_sms/TaskForm")).TaskForm,
    may: (session) => may(session, "kooMessage:aimBasicSendTask:create"),
    needs: "basic",
  },
  {
    path: "video-tasks/:taskId",
    load: async () => (await import("@/rooms/video_sms/TaskDetails")).TaskDetails,
    may: (session) => may(session, "kooMessage:aimBasicSendTask:list"),
    needs: "basic",
  },
  {
    path: "video-signatures",
    load: async () => (await import("@/rooms/video_sms/SignatureList")).SignatureList,
    may: (session) => session.tenant !== null && may(session, "kooMessage:aimBasicTemplate:list"),
    menu: { group: "videoSms", order: 30, text: "video_sms.signature.menu" },
  },
  {
    path: "video-signatures/new",
    load: async () => (await import("@/rooms/video_sms/SignatureForm")).NewSignature,
    may: (session) => may(session, "kooMessage:aimBasicTemplate:create"),
    needs: "basic",
  },
  {
    path: "video-signatures/:signatureId/edit",
    load: async () => (await import("@/rooms/video_sms/SignatureForm")).EditedSignature,
    may: (session) => may(session, "kooMessage:aimBasicTemplate:create"),
    needs: "basic",
  },
];
