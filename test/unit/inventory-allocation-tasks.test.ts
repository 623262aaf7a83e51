import { describe, expect, it } from 'vitest'
import {
  type Allocation,
  type AllocationTask,
  Busy,
  canShip,
  enqueue,
  settledStatus,
  tasksDone,
} from '../../functions/inventory/core/allocation-tasks.ts'
import type { ReturnedLine } from '../../schemas/shipping.ts'

const allocation: Allocation = {
  lines: [
    ['A', 'east', 2],
    ['A', 'west', 3],
  ],
}
const release: AllocationTask = { move: 'release' }
const withdraw = (warehouseId: string): AllocationTask => ({ move: 'withdraw', warehouseId })
const ship = (warehouseId: string): AllocationTask => ({ move: 'ship', warehouseId })
const back = (returnId: string, count: number): AllocationTask => ({
  move: 'return',
  returnId,
  lines: Array.from({ length: count }, (_, index): ReturnedLine => [`S${index}`, 'east', 1, 'restock']),
})

describe('a parcel can leave a warehouse', () => {
  it.each<[string, Allocation, boolean]>([
    ['where units are allocated', allocation, true],
    ['when it has left already', { ...allocation, left: ['west'] }, true],
    ['when it is about to leave, whatever goes back after it', { ...allocation, tasks: [ship('west'), release] }, true],
    ['beside one that will not leave', { ...allocation, withdrawn: ['east'] }, true],
    ['beside one that is being withdrawn', { ...allocation, tasks: [withdraw('east')] }, true],
    ['behind one that leaves', { ...allocation, tasks: [ship('east')] }, true],
    ['not once its units have gone back', { ...allocation, withdrawn: ['west'] }, false],
    ['not while its units go back', { ...allocation, tasks: [withdraw('west')] }, false],
    ['not once the rest has gone back', { ...allocation, freed: true }, false],
    ['not while the rest goes back', { ...allocation, tasks: [release] }, false],
    ['not where nothing is allocated', { lines: [['A', 'east', 2]] }, false],
  ])('%s', (_, of, can) => {
    expect(canShip(of, 'west')).toBe(can)
  })
})

describe('a settled allocation', () => {
  it.each([
    [{}, 'committed'],
    [{ left: ['east'] }, 'committed'],
    [{ left: ['east', 'west'] }, 'shipped'],
    [{ left: ['east'], withdrawn: ['west'] }, 'shipped'],
    [{ withdrawn: ['east', 'west'] }, 'released'],
    [{ left: ['east'], freed: true as const }, 'released'],
  ] as const)('with %j is %s', (done, status) => {
    expect(settledStatus({ ...allocation, ...done })).toBe(status)
  })
  it('counts the tasks of parcels that are done', () => {
    expect(tasksDone({ left: ['a', 'b', 'c'], withdrawn: ['d', 'e'], returned: ['f'] })).toBe(6)
    expect(tasksDone()).toBe(0)
  })
})

describe('tasks that wait', () => {
  const busy = enqueue(allocation, [back('r1', 7)])!
  it('have 1,500 lines in all, and no more', () => {
    expect(enqueue(busy, [back('r2', 1_493)])?.tasks).toHaveLength(2)
    expect(() => enqueue(busy, [back('r2', 1_494)])).toThrow(Busy)
    expect(() => enqueue(busy, [back('r2', 1_000), back('r3', 494)])).toThrow(Busy)
  })
  it('are taken whatever they have, where none waits: nothing would make room for them', () => {
    const part: AllocationTask = { move: 'part', lines: allocation.lines }
    expect(enqueue(allocation, [part, back('r1', 1_600)])?.tasks).toHaveLength(2)
  })
  it('count no lines of a task that returns none', () => {
    expect(enqueue(busy, [back('r2', 1_493), ship('east'), withdraw('west')])?.tasks).toHaveLength(4)
  })
})
