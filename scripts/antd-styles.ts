/**
 * The rules of the antd components that the window uses, put into its page while that is built. Antd makes them in the
 * browser otherwise, at the first sight of each component, which is a part of the time until the form is there. Colours
 * and sizes come through CSS variables, which antd still sets from the theme in force: the rules are the same in every
 * theme (`antd-styles.test.ts`).
 */
import { createCache, extractStyle, StyleProvider } from '@ant-design/cssinjs'
import * as antd from 'antd'
import { createElement, Fragment, type ReactElement } from 'react'
import { renderToString } from 'react-dom/server'
import type { Plugin } from 'vite'
import { antdTheme, type ThemeName } from '../renderer/theme/theme-config.ts'

/** In the page ahead of all other rules, as antd itself puts them: ours win where both weigh the same. */
const PLACE = '<style data-rules-of="antd"></style>'

export function antdStyles(): Plugin {
  return {
    name: 'antd-styles',
    transformIndexHtml: {
      order: 'pre',
      handler(page) {
        if (!page.includes(PLACE)) throw new Error(`the page has no ${PLACE}`)
        return page.replace(PLACE, () => `<style>${makeAntdStyles('light')}</style>`)
      },
    },
  }
}

/** The panels stand for what is drawn outside the page's tree, which a server does not draw. */
const { _InternalPanelDoNotUseOrYouWillBeFired: ModalPanel } = antd.Modal
const { _InternalPanelDoNotUseOrYouWillBeFired: MessagePanel } = antd.message

/** Each component of antd that the window names, by the name under which it is imported. */
export const COMPONENTS: Record<string, ReactElement> = {
  App: createElement(antd.App, null, createElement(MessagePanel)),
  Button: createElement(antd.Button),
  Checkbox: createElement(antd.Checkbox),
  Dropdown: createElement(antd.Dropdown, { menu: { items: [] } }, createElement('div')),
  Empty: createElement(antd.Empty),
  Input: createElement(Fragment, null, createElement(antd.Input.TextArea), createElement(antd.Input.Password)),
  InputNumber: createElement(antd.InputNumber),
  Modal: createElement(Fragment, null, createElement(antd.Modal), createElement(ModalPanel, { type: 'confirm' })),
  Popover: createElement(antd.Popover),
  Progress: createElement(antd.Progress),
  Segmented: createElement(antd.Segmented, { options: [] }),
  Select: createElement(antd.Select),
  Slider: createElement(antd.Slider),
  Spin: createElement(antd.Spin),
  Tabs: createElement(antd.Tabs),
  Tooltip: createElement(antd.Tooltip),
}

export function makeAntdStyles(name: ThemeName): string {
  const cache = createCache()
  const theme = { ...antdTheme(name), zeroRuntime: false }
  const parts = Object.entries(COMPONENTS).map(([key, part]) => createElement(Fragment, { key }, part))
  renderToString(createElement(StyleProvider, { cache }, createElement(antd.ConfigProvider, { theme }, parts)))
  return extractStyle(cache, { plain: true, types: 'style' })
}
