/** What the forms of an account hold, and what of it is sent; fields are named as the server names them. */
import type { Uploaded } from "@/kit/useUploads";
import { type AccountBody, type AccountPart, type MenuBody, type NewAccountBody, pictureUrl, type PortalBody } from "@/rooms/service_accounts/queries";
import type { Action } from "@/rooms/service_accounts/words";

export interface FactsValues {
  pub_name: string;
  pub_remark?: string;
  industry?: number;
  pub_abstract: string;
  logo_img?: Uploaded[];
  auto_get_port: boolean;
  signs_for_auto_get_port?: string[];
  areas_for_auto_get_port?: string[];
  authorization_files?: Uploaded[];
}

export interface ExtValues {
  open_in_browser?: boolean;
  web_title?: string;
  package_name?: string;
  app_id?: string;
  browser_floor_url?: string;
  depend_engine_ver?: string;
  third_service_name?: string;
}

export interface ItemValues {
  name?: string;
  action_type: Action;
  content?: string;
  ext_msg?: ExtValues;
  sub_menu_items?: ItemValues[];
}

export interface MenuValues {
  menu_items: ItemValues[];
}

export interface FastAppValues {
  name?: string;
  logo_img?: Uploaded[];
  description?: string;
  deeplink?: string;
  depend_engine_version?: string;
}

export interface PortalValues {
  background_img?: Uploaded[];
  summary: string;
  tels: { tel?: string; usage?: string }[];
  fastapps: FastAppValues[];
}

export type AccountValues = FactsValues & MenuValues & PortalValues;

// eslint-disable-next-line no-restricted-syntax -- a region as the server names it, not a text
export const COUNTRY = "全国";
export const MAX_ITEMS = 3;
export const MAX_SUB_ITEMS = 5;
export const MAX_TELS = 5;
export const MAX_APPS = 10;
const MAX_UNITS: Readonly<Record<number, number>> = { 1: 24, 2: 12, 3: 8 };
export const MAX_SUB_UNITS = 16;

/** Units of a first-level menu's name by how many there are. */
export function maxUnits(count: number): number {
  return MAX_UNITS[count] ?? 8;
}

/** Length as the terminal counts it: a Chinese character is 2. */
export function unitsOf(text: string): number {
  return Array.from(text).reduce((sum, char) => sum + (char.charCodeAt(0) < 128 ? 1 : 2), 0);
}

const idOf = (files: readonly Uploaded[] | undefined) => files?.[0]?.id ?? "";

export function factsOf(values: FactsValues): AccountBody {
  return {
    pub_name: values.pub_name,
    pub_remark: values.pub_remark ?? "",
    industry: values.industry ?? 0,
    pub_abstract: values.pub_abstract,
    logo_img: idOf(values.logo_img),
    auto_get_port: values.auto_get_port,
    signs_for_auto_get_port: values.auto_get_port ? (values.signs_for_auto_get_port ?? []) : [],
    areas_for_auto_get_port: values.auto_get_port ? (values.areas_for_auto_get_port ?? []) : [],
    authorization_files: (values.authorization_files ?? []).map(({ id }) => id),
  };
}

export function itemOf({ name = "", action_type, content = "", ext_msg: ext = {} }: ItemValues) {
  return {
    name,
    action_type,
    content: action_type === "OPEN_SUBMENU" ? "" : content,
    ext_msg: {
      open_in_browser: ext.open_in_browser ?? false,
      web_title: ext.web_title ?? "",
      package_name: ext.package_name ?? "",
      app_id: ext.app_id ?? "",
      browser_floor_url: ext.browser_floor_url ?? "",
      depend_engine_ver: ext.depend_engine_ver ?? "",
      third_service_name: ext.third_service_name ?? "",
    },
  };
}

export function menuOf({ menu_items: items }: MenuValues): Required<Pick<MenuBody, "menu_items">> {
  return {
    menu_items: items.map((item) => ({
      ...itemOf(item),
      sub_menu_items: item.action_type === "OPEN_SUBMENU" ? (item.sub_menu_items ?? []).map(itemOf) : [],
    })),
  };
}

export function portalOf(values: PortalValues): Omit<PortalBody, "change_reason"> {
  return {
    background_img: idOf(values.background_img),
    summary: values.summary,
    tels: values.tels.map(({ tel = "", usage = "" }) => ({ tel, usage })),
    fastapps: values.fastapps.map((app) => ({
      name: app.name ?? "",
      logo_img: idOf(app.logo_img),
      description: app.description ?? "",
      deeplink: app.deeplink ?? "",
      depend_engine_version: app.depend_engine_version ?? "",
    })),
  };
}

export function bodyOf(values: AccountValues): NewAccountBody {
  return { ...factsOf(values), ...menuOf(values), ...portalOf(values) };
}

/** A picture that was uploaded before, as the upload field shows it. */
export function keptPicture(tenantId: string, id: string, name: string): Uploaded[] {
  return id === "" ? [] : [{ id, name: `${name}.png`, size: 0, url: pictureUrl(tenantId, id) }];
}

export function factsValues(body: AccountBody, tenantId: string, words: { logo: string; proof: string }): FactsValues {
  const areas = body.areas_for_auto_get_port ?? [];
  return {
    ...body,
    industry: body.industry === 0 ? undefined : body.industry,
    logo_img: keptPicture(tenantId, body.logo_img, words.logo),
    authorization_files: (body.authorization_files ?? []).flatMap((id, index) => keptPicture(tenantId, id, `${words.proof}${index + 1}`)),
    areas_for_auto_get_port: areas.length > 0 ? areas : [COUNTRY],
  };
}

export function menuValues(menu: NonNullable<AccountPart["menu"]>): MenuValues {
  return { menu_items: menu.menu_items ?? [] };
}

export function portalValues(portal: NonNullable<AccountPart["portal"]>, tenantId: string, words: { background: string; logo: string }): PortalValues {
  return {
    ...portal,
    background_img: keptPicture(tenantId, portal.background_img, words.background),
    tels: portal.tels ?? [],
    fastapps: (portal.fastapps ?? []).map((app) => ({ ...app, logo_img: keptPicture(tenantId, app.logo_img, words.logo) })),
  };
}
