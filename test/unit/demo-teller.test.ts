import { expect, it } from 'vitest'
import { Teller } from '../../bin/demo/teller.ts'

it('writes down what was asked and answered, and counts the promises that were not kept', () => {
  const lines: string[] = []
  const teller = new Teller((line) => lines.push(line))
  teller.title('A story')
  teller.say('Once upon a time')
  teller.asked('POST /orders', { quantity: 1 })
  teller.answered('stock', { available: 1 })
  teller.promise('one', true)
  teller.promise('two', false)
  expect(lines).toEqual([
    '\nA story\n-------',
    'Once upon a time',
    '  > POST /orders {"quantity":1}',
    '  < stock {"available":1}',
    '  KEPT   one',
    '  BROKEN two',
  ])
  expect(teller.brokenPromises).toBe(1)
})
