/**
 * One accent (a sober blue), three colours with a meaning: green healthy, orange healing, red trouble.
 * Text colours reach WCAG AA (4.5 : 1) on every surface of their theme; `theme-config.test.ts` proves it.
 */
import { type ThemeConfig, theme } from 'antd'

export type ThemeName = 'light' | 'dark'

export const FONT_FAMILY =
  "'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, 'PingFang SC', 'Microsoft YaHei UI', 'Microsoft YaHei', " +
  "'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif"
export const MONO_FAMILY = "'Cascadia Mono', Consolas, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace"

/** Our own components read these as `var(--lh-NAME)`. */
export const COLORS: Record<ThemeName, Record<ColorName, string>> = {
  light: {
    background: '#f4f5f7', //    behind everything
    surface: '#ffffff', //       panels, header, tables
    raised: '#fafbfc', //        table heads, side bar, footers
    hover: '#eef1f4',
    selected: '#e3edf8',
    border: '#d9dee4',
    'border-control': '#868f99', // outlines of what can be operated: 3 : 1 on the surface
    text: '#1a1f26',
    'text-muted': '#59636e',
    accent: '#0a5fb4',
    'accent-soft': '#cfe2f5',
    healthy: '#18733a',
    'healthy-soft': '#e4f4e9',
    healing: '#9a5200',
    'healing-soft': '#fdf0de',
    trouble: '#b3261e',
    'trouble-soft': '#fcebea',
    track: '#e3e7ec', //         the empty part of a progress bar
  },
  dark: {
    background: '#111418',
    surface: '#181c21',
    raised: '#1d2228',
    hover: '#252b33',
    selected: '#1d3247',
    border: '#303741',
    'border-control': '#707b88',
    text: '#e4e8ed',
    'text-muted': '#a0aab5',
    accent: '#66aef5',
    'accent-soft': '#234566',
    healthy: '#5fc583',
    'healthy-soft': '#172c20',
    healing: '#eba94f',
    'healing-soft': '#322611',
    trouble: '#ff8a80',
    'trouble-soft': '#371d1c',
    track: '#2b323b',
  },
}
export type ColorName =
  | 'background'
  | 'surface'
  | 'raised'
  | 'hover'
  | 'selected'
  | 'border'
  | 'border-control'
  | 'text'
  | 'text-muted'
  | 'accent'
  | 'accent-soft'
  | 'healthy'
  | 'healthy-soft'
  | 'healing'
  | 'healing-soft'
  | 'trouble'
  | 'trouble-soft'
  | 'track'

export function antdTheme(name: ThemeName): ThemeConfig {
  const color = COLORS[name]
  return {
    // The rules are made while the window is built (scripts/antd-styles.ts); antd only sets variables.
    zeroRuntime: true,
    hashed: false,
    algorithm: name === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: color.accent,
      // Hover moves away from the surface's colour, not towards it as in antd's algorithm, so that a button's text
      // stays readable.
      colorPrimaryHover: name === 'dark' ? '#8bc2f8' : '#084d92',
      colorPrimaryActive: name === 'dark' ? '#4f9be8' : '#063d75',
      colorLinkHover: name === 'dark' ? '#8bc2f8' : '#084d92',
      colorInfo: color.accent,
      colorLink: color.accent,
      colorSuccess: color.healthy,
      colorWarning: color.healing,
      colorError: color.trouble,
      // The algorithm mixes its own shades of a status colour for text: too pale for AA.
      colorErrorText: color.trouble,
      colorWarningText: color.healing,
      colorSuccessText: color.healthy,
      colorText: color.text,
      colorTextSecondary: color['text-muted'],
      colorTextTertiary: color['text-muted'],
      colorTextDescription: color['text-muted'],
      colorTextPlaceholder: color['text-muted'],
      colorTextLightSolid: name === 'dark' ? '#08131f' : '#ffffff',
      colorBgLayout: color.background,
      colorBgContainer: color.surface,
      colorBgElevated: name === 'dark' ? '#20262d' : '#ffffff',
      colorBorder: color['border-control'],
      colorBorderSecondary: color.border,
      colorSplit: color.border,
      controlItemBgActive: color.selected,
      fontFamily: FONT_FAMILY,
      fontFamilyCode: MONO_FAMILY,
      fontSize: 13,
      controlHeight: 30,
      controlHeightSM: 24,
      borderRadius: 4,
      borderRadiusLG: 6,
      borderRadiusSM: 3,
      // No decorative motion.
      motionDurationFast: '0s',
      motionDurationMid: '0.08s',
      motionDurationSlow: '0.12s',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500 },
      Table: { headerBg: color.raised, headerSplitColor: 'transparent', cellPaddingBlockSM: 5, cellPaddingInlineSM: 8 },
      Tabs: { horizontalItemPadding: '8px 2px', horizontalItemGutter: 22 },
      Modal: { titleFontSize: 15 },
      Tooltip: { colorBgSpotlight: name === 'dark' ? '#3a434e' : '#2a3038', colorTextLightSolid: '#ffffff' },
      Slider: {
        railBg: color.track,
        railHoverBg: color.track,
        trackBg: color.accent,
        trackHoverBg: color.accent,
        handleColor: color.accent,
        handleActiveColor: color.accent,
        dotBorderColor: color['border-control'],
        dotActiveBorderColor: color.accent,
      },
      Segmented: {
        trackBg: color.track,
        itemColor: color.text,
        itemHoverColor: color.text,
        itemSelectedColor: name === 'dark' ? '#08131f' : '#ffffff',
        itemSelectedBg: color.accent,
      },
    },
  }
}
