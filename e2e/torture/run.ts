/**
 * `node e2e/torture/run.ts [--kills N] [--seed S] [--aimed] [--large
 * --line MB/s]`: hard kills of the built program, and what they cost.
 */
/* biome-ignore-all lint/suspicious/noConsole: its output is its result. */
import { parseArgs } from 'node:util'
import { torture } from './torture.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    aimed: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    line: { type: 'string', default: '80' },
  },
})
const result = await torture({
  kills: Number(values.kills),
  seed: Number(values.seed),
  isLarge: values.large,
  isAimed: values.aimed,
  lineBytesPerSecond: Number(values.line) * 1e6,
  onLife: (text) => console.error(text),
})
const { kills, jobs, filesChecked, bytesWanted, bytesSent, secondsLostPerKill } = result
console.log(`${kills} hard kills in ${jobs} jobs: ${filesChecked} files checked, none wrong`)
console.log(
  `${(bytesSent / bytesWanted).toFixed(4)} x the bytes sent; ${secondsLostPerKill.toFixed(2)} s of the line lost per kill`,
)
