/** What happened to a message, in order, as its sender sees it. */
import type { TFunction } from "i18next";

import type { CardLife, Life, MessagePost } from "@/rooms/campaigns/queries";

/** What carriers answer to a part they take: SMS protocols, and MM7. */
const TAKEN: readonly number[] = [0, 1000];

type Meaning = NonNullable<Life["parts"][number]["meaning"]>;

export interface Moment {
  at: string;
  text: string;
  note?: string;
  /** A page that tells more. */
  to?: string;
  color?: string;
}

function attemptOf(span: Life["spans"][number], t: TFunction): string {
  const { account_id: account, carrier } = span;
  if (carrier === null || carrier === "any") {
    return t("campaigns.life.attempted", { account });
  }
  return t("campaigns.life.attemptedOf", { account, carrier: t(`campaigns.carrier.${carrier}`) });
}

const POST_COLORS = { waiting: undefined, delivered: "green", dead: "red" } as const;

function postMoment({ post, address_id: address, callback_url: url }: MessagePost, taskId: string, t: TFunction): Moment {
  return {
    at: post.done_at ?? post.created_at,
    text: t(`campaigns.life.post.${post.state}`, { attempts: post.attempts }),
    note: url === "" ? t("campaigns.life.postGone") : url,
    to: address === null ? undefined : `/callbacks/${address}?task=${taskId}`,
    color: POST_COLORS[post.state],
  };
}

interface Known {
  life: Life;
  cards: readonly CardLife[];
  posts: readonly MessagePost[];
  taskId: string;
}

/** Everything with a time that happened to a message, in order. */
export function momentsOf({ life, cards, posts, taskId }: Known, t: TFunction, language: string): Moment[] {
  const meaningOf = (meaning: Meaning | null) => (meaning === null ? undefined : language.startsWith("zh") ? meaning.zh : meaning.en);
  const moments: Moment[] = [{ at: life.planned_at, text: t("campaigns.life.planned", { parts: life.parts_planned }) }];
  for (const span of life.spans) {
    moments.push({ at: span.opened_at, text: attemptOf(span, t) });
  }
  for (const part of life.parts) {
    const words = { no: part.part_no, id: part.carrier_ref ?? part.carrier_msg_id };
    const isTaken = TAKEN.includes(part.result);
    // Of a single part the text stands above.
    const said = life.parts_planned > 1 && part.text !== "" ? t("campaigns.life.partText", { text: part.text }) : undefined;
    moments.push({
      at: part.at,
      note: isTaken ? said : (meaningOf(part.meaning) ?? said),
      text: isTaken ? t("campaigns.life.taken", words) : t("campaigns.life.refused", { ...words, result: part.result }),
      color: isTaken ? undefined : "red",
    });
    for (const report of part.reports) {
      const isGood = report.stat === "DELIVRD";
      moments.push({ at: report.received_at, note: meaningOf(report.meaning), text: t("campaigns.life.reported", { ...words, stat: report.stat }), color: isGood ? "green" : "red" });
    }
  }
  for (const card of cards) {
    const vendor = t(`campaigns.vendor.${card.vendor}`);
    moments.push({ at: card.granted_at, text: t("campaigns.life.resolved", { vendor }) });
    if (card.rendered_at !== null) {
      moments.push({ at: card.rendered_at, text: t("campaigns.life.rendered", { vendor }), color: "green" });
    }
    if (card.exposed_at !== null) {
      const note = card.clicks > 0 ? t("campaigns.life.clicks", { clicks: card.clicks }) : undefined;
      moments.push({ at: card.exposed_at, text: t("campaigns.life.exposed", { vendor }), note, color: "green" });
    }
  }
  if (life.final_at !== null) {
    moments.push({ at: life.final_at, text: t("campaigns.life.final", { state: t(`messageState.${life.state}`) }) });
  }
  moments.push(...posts.map((post) => postMoment(post, taskId, t)));
  return moments.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
