import { expect, it } from 'vitest'
import { startRate } from './adjust-request-rate.ts'
import { createBudgetTable } from './budget-table.ts'

function createTable() {
  let now = 0
  const table = createBudgetTable(() => now)
  const limit = (prefix: string, rate: number) => table.keep(prefix, { ...startRate(now), isLimited: true, rate })
  const pass = (seconds: number) => {
    now += seconds
  }
  return { table, limit, pass }
}

it('the tightest budget is reported, and for how long any has been limited without a break', () => {
  const { table, limit, pass } = createTable()
  expect([table.slowestRate(), table.limitedSeconds(), table.isAnyLimited()]).toEqual([undefined, 0, false])
  limit('a/', 5)
  pass(30)
  limit('b/', 2)
  table.keep('a/', startRate(30))
  pass(30)
  expect([table.slowestRate(), table.limitedSeconds(), table.isAnyLimited()]).toEqual([2, 60, true])
  table.liftAll()
  expect([table.slowestRate(), table.limitedSeconds(), table.isAnyLimited()]).toEqual([undefined, 0, false])
})

it('one budget in the place of all goes on being limited without a break', () => {
  const { table, limit, pass } = createTable()
  limit('a/', 5)
  pass(10)
  table.liftAll({ prefix: '*', state: { ...startRate(10), isLimited: true, rate: 7 } })
  expect([table.isLimited('a/'), table.isLimited('*'), table.limitedSeconds()]).toEqual([false, true, 10])
})

it('an unlimited budget without requests is forgotten after two looks, a limited one later than any cool-down', () => {
  const { table, limit, pass } = createTable()
  table.noteSent('free/')
  limit('done/', 5)
  const sent = () => table.get('free/').inSlot
  expect(table.forgetUnused()).toBe(false)
  pass(60)
  expect([table.forgetUnused(), sent()]).toEqual([true, 1])
  pass(60)
  expect([table.forgetUnused(), sent(), table.isLimited('done/')]).toEqual([true, 0, true])
  pass(600)
  expect([table.forgetUnused(), table.isLimited('done/')]).toEqual([true, false])
})
