/** Small choices that stay in the browser: each person's own, and the last one for whoever comes before signing in. */

const PREFIX = "hongyan.";

function keyOf(name: string, user: string): string {
  return `${PREFIX}${name}.${user}`;
}

/** Return what was chosen last in this browser; nothing where it keeps nothing. */
export function readChoice(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Return what a person chose here before. */
export function readOwnChoice(name: string, user: string): string | null {
  try {
    return localStorage.getItem(keyOf(name, user));
  } catch {
    return null;
  }
}

/** Keep a choice for the next first paint, and for the person if somebody is signed in. */
export function keepChoice(name: string, value: string, user: string | undefined): void {
  try {
    localStorage.setItem(PREFIX + name, value);
    if (user !== undefined) {
      localStorage.setItem(keyOf(name, user), value);
    }
  } catch {
    // It holds for this page then.
  }
}
