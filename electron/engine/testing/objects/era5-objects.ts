/** Names and sizes like those of an ERA5 archive: sixteen parameters times the days of a month. */
import type { StoredObject } from './stored-objects.ts'

/** ECMWF parameter table 128, pressure levels; `u` and `v` come on the `uv` grid. */
const PARAMETERS = [
  '060_pv',
  '075_crwc',
  '076_cswc',
  '129_z',
  '130_t',
  '131_u',
  '132_v',
  '133_q',
  '135_w',
  '138_vo',
  '155_d',
  '157_r',
  '203_o3',
  '246_clwc',
  '247_ciwc',
  '248_cc',
] as const

const PREFIX = 'e5.oper.an.pl/202510/'
const DAYS = 31
export const ERA5_BUCKET = 'nsf-ncar-era5'
export const ERA5_PREFIX = PREFIX

/**
 * Whole days until `totalBytes` are reached; sizes differ by parameter as compression makes them, by +-40 %. What does
 * not fit into the month as objects of `objectBytes` makes all of them larger.
 */
export function createEra5Objects(options: { totalBytes: number; objectBytes: number }): StoredObject[] {
  const { totalBytes } = options
  const most = DAYS * PARAMETERS.length
  const objectBytes = Math.max(options.objectBytes, Math.ceil(totalBytes / most))
  const objects: StoredObject[] = []
  let bytes = 0
  for (let number = 0; bytes < totalBytes; number++) {
    const parameter = PARAMETERS[number % PARAMETERS.length] as string
    const day = String(Math.floor(number / PARAMETERS.length) + 1).padStart(2, '0')
    const grid = parameter === '131_u' || parameter === '132_v' ? 'll025uv' : 'll025sc'
    const wanted = Math.round(objectBytes * (0.6 + (0.8 * ((number * 7) % 16)) / 15))
    const left = totalBytes - bytes
    const size = number === most - 1 ? left : Math.min(wanted, left)
    objects.push({ key: `${PREFIX}e5.oper.an.pl.128_${parameter}.${grid}.202510${day}00_202510${day}23.nc`, size })
    bytes += size
  }
  return objects.sort((a, b) => (a.key < b.key ? -1 : 1))
}
