/** English texts that every page needs, also before anybody has signed in. */
import common from "@/i18n/en.json";
import kit from "@/kit/i18n/en.json";
import identity from "@/rooms/identity/i18n/en.json";

export const first = {
  ...common,
  kit,
  identity,
};
