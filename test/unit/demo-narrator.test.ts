import { expect, it } from 'vitest'
import { Narrator } from '../../bin/demo/narrator.ts'

it('writes down what was asked and answered, and counts the promises that were not kept', () => {
  const lines: string[] = []
  const narrator = new Narrator((line) => lines.push(line))
  narrator.title('A story')
  narrator.print('Once upon a time')
  narrator.asked('POST /orders', { quantity: 1 })
  narrator.answered('stock', { available: 1 })
  narrator.promise('one', true)
  narrator.promise('two', false)
  expect(lines).toEqual([
    '\nA story\n-------',
    'Once upon a time',
    '  > POST /orders {"quantity":1}',
    '  < stock {"available":1}',
    '  KEPT   one',
    '  BROKEN two',
  ])
  expect(narrator.brokenPromises).toBe(1)
})
