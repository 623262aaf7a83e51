import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'

const contracts = Object.entries<RouteContract>(routes)

describe('a number of a path or a query', () => {
  const numbers = contracts.flatMap(([name, { params, query }]) =>
    Object.entries<z.ZodType>({ ...params?.shape, ...query?.shape })
      .filter(([, schema]) => typeof schema.safeParse('10').data === 'number')
      .map(([field, schema]) => ({ name, field, schema })),
  )

  it('is there', () => {
    expect(numbers.length).toBeGreaterThan(5)
  })

  it.each(numbers)('$field of $name is written in digits alone', ({ schema }) => {
    const others = ['0xa', '1e1', '10.0', ' 10', '10 ', '+10', '-10', '1_0', '', 'NaN']
    expect(others.filter((text) => schema.safeParse(text).success)).toEqual([])
  })
})
