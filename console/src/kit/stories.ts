/** What became of the submissions of something, as the back end tells it to their owner. */

interface Story {
  events: readonly { action: string }[];
}

/** Is the desk's last word about the newest submission a question rather than a refusal? */
export function isAskedBack(stories: readonly Story[]): boolean {
  return stories[0]?.events.at(-1)?.action === "asked_back";
}

/** Was the newest submission taken back by its owner? Then the desk has said nothing of it. */
export function isWithdrawn(stories: readonly Story[]): boolean {
  return stories[0]?.events.at(-1)?.action === "withdrawn";
}
