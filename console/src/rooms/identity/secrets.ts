/** Making and giving out secrets in the browser. */

const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const PASSWORD_CHARS = 16;

/** Return a random password that is easy to read out: no letters that look alike. */
export function randomPassword(): string {
  // Bytes above the last whole multiple of the alphabet would favour its first letters.
  const fair = 256 - (256 % ALPHABET.length);
  let password = "";
  while (password.length < PASSWORD_CHARS) {
    for (const byte of crypto.getRandomValues(new Uint8Array(PASSWORD_CHARS))) {
      if (byte < fair && password.length < PASSWORD_CHARS) {
        password += ALPHABET.charAt(byte % ALPHABET.length);
      }
    }
  }
  return password;
}

/** Return an access key as the vendor's credentials file has it. */
export function keyCsv(user: string, ak: string, sk: string): string {
  return `User Name,Access Key Id,Secret Access Key\r\n${user},${ak},${sk}\r\n`;
}

const BROWSERS: readonly [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/HarmonyOS/, "HarmonyOS"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** Read which browser on which system calls itself so; `null` where it is none that we know. */
export function readAgent(agent: string): { browser: string; system: string } | null {
  const named = (known: readonly [RegExp, string][]) => known.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = named(BROWSERS);
  const system = named(SYSTEMS);
  return browser === undefined || system === undefined ? null : { browser, system };
}
