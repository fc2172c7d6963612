/** Colours and measures of the console: calm, light, one accent. */
import type { ThemeConfig } from "antd";

export const COLOURS = {
  accent: "#1c5d99",
  page: "#f4f6f9",
  line: "#e4e8ee",
  text: "#1d2733",
  faint: "#5c6b7d",
  good: "#2f9163",
  busy: "#3b82c4",
  waiting: "#b7c3d1",
  bad: "#cf4343",
  unclear: "#d9902f",
  left: "#7d8a99",
} as const;

export const theme: ThemeConfig = {
  token: {
    motion: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    colorPrimary: COLOURS.accent,
    colorInfo: COLOURS.accent,
    colorSuccess: COLOURS.good,
    colorWarning: COLOURS.unclear,
    colorError: COLOURS.bad,
    // The palettes that are derived from muted colours are grey: say what the light ones are.
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
    colorText: COLOURS.text,
    colorTextDescription: COLOURS.faint,
    colorTextPlaceholder: "#627182",
    colorBgLayout: COLOURS.page,
    colorBorderSecondary: COLOURS.line,
    borderRadius: 6,
    fontFamily:
      "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
  },
  components: {
    Layout: { headerBg: "#ffffff", siderBg: "#ffffff", headerHeight: 56, headerPadding: "0 24px" },
    Menu: { itemBorderRadius: 6, activeBarBorderWidth: 0, groupTitleColor: COLOURS.faint },
    Table: { headerBg: "#f8fafc", cellPaddingBlock: 12, cellPaddingInlineMD: 8, headerSplitColor: "transparent" },
    Card: { headerFontSize: 15, headerPadding: 16, bodyPadding: 16 },
    // Small letters on a tint need more contrast than bars and icons.
    Tag: { colorSuccess: "#1f7349", colorWarning: "#8f5a10", colorError: "#b93333" },
    Descriptions: { labelColor: COLOURS.faint },
  },
};
