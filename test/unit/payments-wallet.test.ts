import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Money, maxAmount } from '../../schemas/shared.ts'
import { type Wallet, correct, debit, deposit, refund } from '../../functions/payments/core/wallet.ts'

const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const wallet = (amount: number): Wallet => ({ customerId: 'customer', balance: gbp(amount) })

const correctedBy = (now: Wallet | undefined, money: Money) => correct(now, money, { reason: 'typing error' })

describe('a wallet', () => {
  it('has one currency while there is money in it', () => {
    expect(deposit(undefined, { amount: 5, currency: 'EUR' })).toMatchObject({
      balance: { amount: 5, currency: 'EUR' },
    })
    expect(deposit(wallet(5), { amount: 5, currency: 'EUR' })).toBe('currency_mismatch')
    expect(debit(wallet(5), { amount: 5, currency: 'EUR' }, 'ord_1')).toBe('currency_mismatch')
  })
  it('takes whatever currency comes next while it is empty', () => {
    const euros = { amount: 5, currency: 'EUR' }
    const next = { balance: euros, entry: { currency: 'EUR' } }
    expect(deposit(wallet(0), euros)).toMatchObject(next)
    expect(refund(wallet(0), euros, 'ord_1')).toMatchObject(next)
    expect(debit(wallet(0), euros, 'ord_1')).toBe('insufficient_funds')
    expect(correctedBy(wallet(0), euros)).toBe('balance_too_small')
  })
  it('pays all or nothing', () => {
    expect(debit(wallet(100), gbp(100), 'ord_1')).toEqual({
      balance: gbp(0),
      entry: { amount: -100, balance: 0, currency: 'GBP', kind: 'payment', orderId: 'ord_1' },
    })
    expect(debit(wallet(99), gbp(100), 'ord_1')).toBe('insufficient_funds')
    expect(debit(undefined, gbp(1), 'ord_1')).toBe('insufficient_funds')
  })
  it('takes back what an order had cost', () => {
    expect(refund(wallet(1), gbp(100), 'ord_1')).toEqual({
      balance: gbp(101),
      entry: { amount: 100, balance: 101, currency: 'GBP', kind: 'refund', orderId: 'ord_1' },
    })
  })
  it('gives back a wrong deposit as far as it is still there, with the reason', () => {
    const about = { reason: 'typing error', reference: 'BACS 1' }
    expect(correct(wallet(100), gbp(100), about)).toEqual({
      balance: gbp(0),
      entry: { amount: -100, balance: 0, currency: 'GBP', kind: 'correction', ...about },
    })
    expect(correct(wallet(99), gbp(100), about)).toBe('balance_too_small')
    expect(correct(undefined, gbp(1), about)).toBe('balance_too_small')
    expect(correct(wallet(5), { amount: 5, currency: 'EUR' }, about)).toBe('currency_mismatch')
  })
  it('holds up to 10^12', () => {
    expect(deposit(wallet(maxAmount - 1), gbp(1))).toMatchObject({ balance: gbp(maxAmount) })
    expect(deposit(wallet(maxAmount), gbp(1))).toBe('balance_too_large')
    expect(refund(wallet(maxAmount), gbp(1), 'ord_1')).toBe('balance_too_large')
  })
  it('is the sum of its ledger, and never below zero', () => {
    const move = fc.record({
      by: fc.constantFrom(deposit, debit, refund, correctedBy),
      amount: fc.integer({ min: 1, max: maxAmount }),
    })
    fc.assert(
      fc.property(fc.array(move), (moves) => {
        let now: Wallet | undefined
        let sum = 0
        for (const { by, amount } of moves) {
          const moved = by(now, gbp(amount), 'ord_1')
          if (typeof moved === 'string') continue
          sum += moved.entry.amount
          now = { customerId: 'customer', balance: moved.balance }
          expect(moved.balance.amount).toBe(sum)
          expect(moved.entry.balance).toBe(sum)
          expect(sum).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})
