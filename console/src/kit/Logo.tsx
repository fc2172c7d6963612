const FLIGHT =
  "M41 15.5 33.6 13c-2-.7-4.1.1-5 1.9l-2.3 4.3L12 9.5c1.2 6.1 3.7 10.7 7.6 13.9L6 24.6c4.4 4.1 9.3 6 14.7 5.7l-2.9 7.2c6.6-1.3 11.2-4.6 13.7-9.9l3.6-8.6 2.3-1.7z";

/** A wild goose in flight, in the colour of the text around it. Drawn for this project. */
export function Goose({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" focusable="false" style={{ display: "block" }}>
      <path d={FLIGHT} fill="currentColor" />
    </svg>
  );
}

/** Our mark: the goose on a tile of sky. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" focusable="false" style={{ display: "block" }}>
      <rect width="48" height="48" rx="11" fill="#1c5d99" />
      <path d={FLIGHT} fill="#fff" />
    </svg>
  );
}
