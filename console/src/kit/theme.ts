/** Colours and measures of the console: calm, one accent; light or dark. */
import { type ThemeConfig, theme as antd } from "antd";

import type { ShownTheme } from "@/kit/themeChoice";

/** What styles name: the page's stylesheet says which colour that is in the light and in the dark. */
export const COLOURS = {
  accent: "var(--accent)",
  page: "var(--page)",
  surface: "var(--surface)",
  line: "var(--line)",
  text: "var(--text)",
  faint: "var(--faint)",
  good: "var(--good)",
  busy: "var(--busy)",
  waiting: "var(--waiting)",
  bad: "var(--bad)",
  unclear: "var(--unclear)",
  left: "var(--left)",
} as const;

type Palette = Record<keyof typeof COLOURS, string>;

/** The same colours as console.css has, for the component library, which computes others from them. */
export const PALETTES: Record<ShownTheme, Palette> = {
  light: {
    accent: "#1c5d99",
    page: "#f4f6f9",
    surface: "#ffffff",
    line: "#e4e8ee",
    text: "#1d2733",
    faint: "#5c6b7d",
    good: "#2f9163",
    busy: "#3b82c4",
    waiting: "#b7c3d1",
    bad: "#c93c3c",
    unclear: "#d9902f",
    left: "#7d8a99",
  },
  dark: {
    accent: "#7fb8e8",
    page: "#10151b",
    surface: "#19202a",
    line: "#2c3745",
    text: "#e3e9f0",
    faint: "#a3b1c1",
    good: "#4fb687",
    busy: "#5ea3df",
    waiting: "#56657a",
    bad: "#f08484",
    unclear: "#e0a550",
    left: "#8392a3",
  },
};

type Tokens = NonNullable<ThemeConfig["token"]>;

// The palettes that are derived from muted colours are grey: say what their light (or dark) ends are.
const OWN_TOKENS: Record<ShownTheme, Tokens> = {
  light: {
    colorPrimary: "#1c5d99",
    colorPrimaryBg: "#e8f1f9",
    colorPrimaryBgHover: "#d8e8f5",
    colorPrimaryBorder: "#a9cbe6",
    colorInfoBg: "#e8f1f9",
    colorInfoBorder: "#a9cbe6",
    colorSuccessBg: "#e6f5ec",
    colorSuccessBorder: "#b2dcc4",
    colorWarningBg: "#fdf3e2",
    colorWarningBorder: "#f0d3a2",
    colorErrorBg: "#fdecec",
    colorErrorBorder: "#f2bcbc",
    colorLinkHover: "#174d80",
    colorLinkActive: "#123e68",
    colorTextPlaceholder: "#627182",
  },
  dark: {
    // White letters stand on it.
    colorPrimary: "#2f74b5",
    colorPrimaryHover: "#3a80c2",
    colorPrimaryActive: "#28659f",
    colorPrimaryBg: "#172f47",
    colorPrimaryBgHover: "#1d3c5a",
    colorPrimaryBorder: "#2f5f8c",
    colorPrimaryText: "#7fb8e8",
    colorInfoBg: "#172f47",
    colorInfoBorder: "#2f5f8c",
    colorSuccessBg: "#143025",
    colorSuccessBorder: "#2a5f48",
    colorWarningBg: "#362a14",
    colorWarningBorder: "#6b5225",
    colorErrorBg: "#3a1f21",
    colorErrorBorder: "#7a3b3d",
    colorLink: "#7fb8e8",
    colorLinkHover: "#a5cdf0",
    colorLinkActive: "#c3def6",
    colorTextSecondary: "#c3cdd8",
    colorTextTertiary: "#a3b1c1",
    colorTextPlaceholder: "#94a3b5",
    colorBorder: "#435164",
    colorBgContainer: "#19202a",
    colorBgElevated: "#222b37",
  },
};

const HEADS: Record<ShownTheme, string> = { light: "#f8fafc", dark: "#202935" };
// Small letters on a tint need more contrast than bars and icons.
const TAGS: Record<ShownTheme, { colorInfo: string; colorSuccess: string; colorWarning: string; colorError: string }> = {
  light: { colorInfo: "#1c5d99", colorSuccess: "#1f7349", colorWarning: "#8f5a10", colorError: "#b93333" },
  dark: { colorInfo: "#8cc4f2", colorSuccess: "#7ed0a8", colorWarning: "#ecc27e", colorError: "#f29c9c" },
};

/** Return how the component library draws in the light or in the dark. */
export function themeOf(shown: ShownTheme): ThemeConfig {
  const palette = PALETTES[shown];
  const chosen = shown === "dark" ? { itemSelectedColor: palette.accent, itemSelectedBg: "#172f47", subMenuItemSelectedColor: palette.accent } : {};
  return {
    algorithm: shown === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm,
    // One version of the library is on the page: its rules need no hash to tell them from another's.
    hashed: false,
    token: {
      motion: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      colorInfo: shown === "dark" ? palette.busy : palette.accent,
      colorSuccess: palette.good,
      colorWarning: palette.unclear,
      colorError: palette.bad,
      colorText: palette.text,
      colorTextDescription: palette.faint,
      colorBgLayout: palette.page,
      colorBorderSecondary: palette.line,
      borderRadius: 6,
      fontFamily:
        "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
      ...OWN_TOKENS[shown],
    },
    components: {
      Layout: { headerBg: palette.surface, siderBg: palette.surface, headerHeight: 56, headerPadding: "0 24px" },
      Menu: { itemBorderRadius: 6, activeBarBorderWidth: 0, groupTitleColor: palette.faint, ...chosen },
      Table: { headerBg: HEADS[shown], cellPaddingBlock: 12, cellPaddingInlineMD: 8, headerSplitColor: "transparent" },
      Card: { headerFontSize: 15, headerPadding: 16, bodyPadding: 16 },
      Tag: TAGS[shown],
      // In the dark the red is light: dark letters stand on it.
      Button: shown === "dark" ? { dangerColor: "#2a0d0d" } : {},
      Descriptions: { labelColor: palette.faint },
    },
  };
}
