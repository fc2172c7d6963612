/** Chinese texts that every page needs, also before anybody has signed in. */
import common from "@/i18n/zh-CN.json";
import kit from "@/kit/i18n/zh-CN.json";
import identity from "@/rooms/identity/i18n/zh-CN.json";

export const first = {
  ...common,
  kit,
  identity,
};
