/** docs/trust.md names the tests behind each promise: they are there, under the names it quotes. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const trust = readFileSync(join(root, 'docs', 'trust.md'), 'utf8')
const tests = globSync('{e2e,electron,renderer,scripts,shared}/**/*.ts', { cwd: root }).map((path) =>
  path.replaceAll('\\', '/'),
)
/** Of a file, named by its path or by the end of it, and of the names in quotes behind it. */
const named = [...trust.matchAll(/`([\w./-]+\.ts)`(?: \(([^)]*)\)|, "([^"]*)")?/g)].map(
  ([, path = '', inBrackets, behindComma]) => ({
    path,
    names: behindComma ? [behindComma] : [...(inBrackets ?? '').matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
  }),
)

test('every file is there, and every test in it', () => {
  expect(named.length).toBeGreaterThan(50)
  const missing = named.flatMap(({ path, names }) => {
    const files = tests.filter((file) => file === path || file.endsWith(`/${path}`))
    const text = files.map((file) => readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'")).join()
    return [...(files.length === 0 ? [path] : []), ...names.filter((name) => !text.includes(name))]
  })
  expect(missing).toEqual([])
})
