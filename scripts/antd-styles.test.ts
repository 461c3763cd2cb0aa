import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMPONENTS, makeAntdStyles } from './antd-styles.ts'

const RENDERER = join(import.meta.dirname, '..', 'renderer')
/** Draw nothing themselves. */
const WITHOUT_RULES = ['ConfigProvider', 'theme']

test('every component of antd that the window imports has its rules in the sheet', () => {
  const imported = globSync('**/*.{ts,tsx}', { cwd: RENDERER }).flatMap((file) =>
    [...readFileSync(join(RENDERER, file), 'utf8').matchAll(/^import \{([^}]*)\} from 'antd'/gms)].flatMap(
      ([, names]) =>
        (names ?? '')
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name && !name.startsWith('type ')),
    ),
  )
  const drawn = new Set(imported.filter((name) => !WITHOUT_RULES.includes(name)))
  expect([...drawn].sort()).toEqual(Object.keys(COMPONENTS))
})

test.each(['.ant-btn', '.ant-input-password', '.ant-modal-confirm', '.ant-message', '.ant-select-dropdown'])(
  'the sheet has rules for %s',
  (selector) => expect(makeAntdStyles('light')).toContain(selector),
)

test('the rules are the same in both themes: colours come through variables alone', () => {
  expect(makeAntdStyles('dark')).toBe(makeAntdStyles('light'))
})
