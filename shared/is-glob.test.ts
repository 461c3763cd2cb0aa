import { describe, expect, it } from 'vitest'
import { isGlob } from './is-glob.ts'

describe('a pattern', () => {
  it.each(['*.nc', 'file[0-9].nc', '[!a]*', '{u,v}.nc', 'a\\[b', 'copy (1*', 'a)', '*]', '**/x', 'ü*'])(
    'is %s',
    (text) => {
      expect(isGlob(text)).toBe(true)
    },
  )

  it.each(['[', 'a[b', '[a-z', '[z-a]', '*.{nc,grib', '{a', '!(a', '\\'])('is not %s', (text) => {
    expect(isGlob(text)).toBe(false)
  })
})
