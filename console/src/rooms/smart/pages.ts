import type { RoomPage } from "@/kit/roomPage";

export const pages: readonly RoomPage[] = [];
