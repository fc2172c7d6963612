/** What may be uploaded, judged before anything is sent. */

const KIB = 1024;

export interface FileLimits {
  /** Endings such as `.png`, in small letters. */
  types: readonly string[];
  maxBytes: number;
}

export type Fault = "empty" | "tooLarge" | "wrongType";

/** Write a size as people read it: `41 MB`, `1.5 MB`, `12 KB`. Units of 1024. */
export function formatBytes(bytes: number): string {
  if (bytes < KIB) {
    return `${bytes} B`;
  }
  const kib = bytes / KIB;
  const [value, unit] = kib < KIB ? [kib, "KB"] : [kib / KIB, "MB"];
  return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.ceil(value)} ${unit}`;
}

/** Tell what is wrong with a file, if something is. */
export function faultOf(file: { name: string; size: number }, { types, maxBytes }: FileLimits): Fault | undefined {
  const name = file.name.toLowerCase();
  if (types.length > 0 && !types.some((type) => name.endsWith(type))) {
    return "wrongType";
  }
  if (file.size === 0) {
    return "empty";
  }
  return file.size > maxBytes ? "tooLarge" : undefined;
}

const PICTURES = [".png", ".jpg", ".jpeg", ".gif", ".webp"];

/** Is it a picture that browsers show and that runs nothing? */
export function isPicture(name: string): boolean {
  return PICTURES.some((ending) => name.toLowerCase().endsWith(ending));
}
