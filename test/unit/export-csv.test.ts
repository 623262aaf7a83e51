import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { movementColumns, orderColumns, paymentColumns, paymentLinesOf } from '../../bin/export/columns.ts'
import { type Cell, type Columns, headerOf, linesOf } from '../../bin/export/csv.ts'
import type { Payment } from '../../schemas/payment.ts'

const columns: Columns<readonly Cell[]> = { first: ([first]) => first, second: ([, second]) => second }
const written = (...lines: (readonly Cell[])[]): string => linesOf(columns, lines)
const read = (text: string): string[][] => parse(text)

describe('a file of comma-separated values', () => {
  it('has a header, and ends each line as RFC 4180 has it', () => {
    expect(headerOf(columns)).toBe('first,second\r\n')
    expect(written(['a', 1], ['b', 2])).toBe('a,1\r\nb,2\r\n')
    expect(written()).toBe('')
  })

  it('quotes what has commas, quotes and ends of lines', () => {
    expect(written(['a,b', 'say "c"'])).toBe('"a,b","say ""c"""\r\n')
    for (const end of ['\n', '\r', '\r\n']) expect(written([`a${end}b`, 'c'])).toBe(`"a${end}b",c\r\n`)
  })

  it('leaves cells empty where there is nothing, and keeps every letter', () => {
    expect(written([undefined, ''])).toBe(',\r\n')
    expect(written(['Zoë 🛒', true])).toBe('Zoë 🛒,true\r\n')
  })

  it('defuses text that begins as a formula does, and no number', () => {
    for (const begin of ['=', '+', '-', '@', '\t', '\r']) {
      const text = `${begin}1+cmd|' /C calc'!A0`
      expect(read(written([text, 'x']))).toEqual([[`'${text}`, 'x']])
    }
    expect(written(['-5', -5], ['a=b', -0.5])).toBe("'-5,-5\r\na=b,-0.5\r\n")
  })

  it('is read as it was written, whatever the text is', () => {
    const character = fc.constantFrom('\n', '\r', '"', ',', "'", ' ', 'a', 'é', '🛒', '=', '-')
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(character).map((all) => all.join('')),
    )
    const isFormula = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.integer()), { minLength: 1 }), (lines) => {
        const expected = lines.map(([text, number]) => [isFormula.test(text) ? `'${text}` : text, String(number)])
        expect(read(written(...lines))).toEqual(expected)
      }),
    )
  })
})

describe('the lines of a payment', () => {
  const gbp = (amount: number) => ({ amount, currency: 'GBP' })
  const payment: Payment = {
    id: 'pay_1',
    orderId: 'ord_1',
    customerId: 'c',
    method: 'card',
    status: 'captured',
    amount: gbp(500),
    captured: gbp(500),
    refunded: gbp(200),
    attempts: [
      { method: 'card', state: 'declined', reason: 'card_declined', at: '2026-11-28T10:00:00.000Z' },
      { method: 'card', state: 'captured', reference: '-ch_1', at: '2026-11-28T10:01:00.000Z' },
    ],
    refunds: [
      {
        id: 'ref_1',
        amount: gbp(200),
        cause: 'operator',
        state: 'closed',
        reason: '=broken',
        closed: { by: 'op', reference: 'receipt 7', at: '2026-11-29T10:00:00.000Z' },
        at: '2026-11-28T11:00:00.000Z',
      },
    ],
    createdAt: '2026-11-28T10:00:00.000Z',
    updatedAt: '2026-11-29T10:00:00.000Z',
  }

  it('are one for itself, one for each attempt and one for each refund, and each sum counts its money once', () => {
    const text = headerOf(paymentColumns) + linesOf(paymentColumns, paymentLinesOf(payment))
    const lines: Record<string, string>[] = parse(text, { columns: true })
    expect(lines).toMatchObject([
      { record: 'payment', orderId: 'ord_1', state: 'captured', amount: '500', captured: '500', refunded: '200' },
      { record: 'attempt', number: '1', state: 'declined', reason: 'card_declined', amount: '' },
      { record: 'attempt', number: '2', reference: "'-ch_1", captured: '', refund: '' },
      { record: 'refund', number: '1', refund: '200', reason: "'=broken", closedReference: 'receipt 7', amount: '' },
    ])
    const labelled = paymentLinesOf({ ...payment, reference: 'BACS 1', metadata: { books: '7' } })
    expect(labelled[0]).toMatchObject({ record: 'payment', reference: 'BACS 1', metadata: '{"books":"7"}' })
    expect(labelled.slice(1).some(({ metadata }) => metadata !== undefined)).toBe(false)
    expect(new Set(lines.map(({ currency, paymentId }) => `${currency} ${paymentId}`))).toEqual(new Set(['GBP pay_1']))
  })
})

it('has the same columns in the same order for ever', () => {
  expect(headerOf(orderColumns)).toBe(
    'id,number,status,reason,reasonMessage,customerId,lineCount,total,currency,paymentMethod,stock,payment,closing,fulfilment,placedAt,updatedAt,expiresAt,payAt,waitsUntil,estimatedAt,reference,metadata\r\n',
  )
  expect(headerOf(paymentColumns)).toBe(
    'record,paymentId,orderId,customerId,number,refundId,method,state,amount,captured,refunded,refund,currency,cause,reason,withheld,onHold,tries,failure,by,reference,closedBy,closedReference,closedReason,closedAt,at,updatedAt,metadata\r\n',
  )
  expect(headerOf(movementColumns)).toBe(
    'sku,warehouseId,id,at,kind,available,reserved,allocated,unavailable,by,reason,reference,onHandAfter,availableAfter,reservedAfter,allocatedAfter,unavailableAfter,metadata\r\n',
  )
})
