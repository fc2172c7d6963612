/** That a session is over is heard of by any request; who shows the page listens here. */

const UNAUTHORIZED = 401;
/** Asking who is signed in, and signing in, may be answered so without anything being over. */
const ABOUT_SESSIONS = "/console/api/session";

const listeners = new Set<() => void>();

/** Call `heard` whenever a request was refused because nobody is signed in any more; returns how to stop that. */
export function onSessionOver(heard: () => void): () => void {
  listeners.add(heard);
  return () => {
    listeners.delete(heard);
  };
}

export function sessionIsOver(): void {
  listeners.forEach((heard) => heard());
}

/** Look at an answer: does it say that the session is over? */
export function noteAnswer(status: number, path: string): void {
  if (status === UNAUTHORIZED && !path.startsWith(ABOUT_SESSIONS)) {
    sessionIsOver();
  }
}
