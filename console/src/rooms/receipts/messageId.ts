const ID = /^[1-9][0-9]{0,15}$/;

/** Whether a text can be the id of a message. */
export function isMessageId(text: string): boolean {
  return ID.test(text) && Number.isSafeInteger(Number(text));
}
