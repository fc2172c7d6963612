import { useRef } from "react";

/** Return a fresh key for an `Idempotency-Key`; `crypto.randomUUID` is missing where a console has no TLS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Return what gives the same key again while the same thing is asked for: an answer that was lost doubles nothing. */
export function keyKeeper(): (asked: unknown) => string {
  let last = "";
  let key = "";
  return (asked) => {
    const now = JSON.stringify(asked);
    if (key === "" || now !== last) {
      last = now;
      key = newKey();
    }
    return key;
  };
}

/** A keeper that lives as long as the form does. */
export function useOnceKey(): (asked: unknown) => string {
  const keeper = useRef<((asked: unknown) => string) | null>(null);
  return (asked) => (keeper.current ??= keyKeeper())(asked);
}
