import { describe, expect, test } from 'vitest'
import { compileFilters, compilePattern } from '../../localstack/eventbridge/pattern.ts'

const event = {
  version: '0',
  source: 'holdfast.orders',
  'detail-type': 'order.placed.v1',
  time: '2026-03-01T00:00:00Z',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000', 'arn:other'],
  detail: {
    state: 'running',
    count: 5,
    limit: 301.8,
    ip: '10.0.0.33',
    ip6: '2001:db8::1',
    file: 'dir/sub/picture.png',
    nothing: null,
    empty: '',
    yes: true,
    none: [],
    lines: [
      { sku: 'a', quantity: 1 },
      { sku: 'b', quantity: 2 },
    ],
  },
}

const detail = (pattern: unknown): boolean => compilePattern({ detail: pattern }).matches(event)

describe('a pattern matches', () => {
  test.for<[string, unknown, boolean]>([
    ['an exact string', { state: ['initializing', 'running'] }, true],
    ['not another string', { state: ['stopped'] }, false],
    ['an exact number', { count: [5.0] }, true],
    ['not the number as a string', { count: ['5'] }, false],
    ['null', { nothing: [null] }, true],
    ['an empty string', { empty: [''] }, true],
    ['no missing field by an empty string', { missing: [''] }, false],
    ['true', { yes: [true] }, true],
    ['a prefix', { state: [{ prefix: 'run' }] }, true],
    ['a prefix whatever its case', { state: [{ prefix: { 'equals-ignore-case': 'RUN' } }] }, true],
    ['a suffix', { file: [{ suffix: '.png' }] }, true],
    ['a suffix whatever its case', { file: [{ suffix: { 'equals-ignore-case': '.PNG' } }] }, true],
    ['no number by prefix', { count: [{ prefix: '5' }] }, false],
    ['whatever the case', { state: [{ 'equals-ignore-case': 'RUNNING' }] }, true],
    ['anything but one', { state: [{ 'anything-but': 'running' }] }, false],
    ['anything but others', { state: [{ 'anything-but': ['stopped', 'overloaded'] }] }, true],
    ['anything but a number', { count: [{ 'anything-but': 5 }] }, false],
    ['anything but numbers', { count: [{ 'anything-but': [1, 2] }] }, true],
    ['anything but a prefix', { state: [{ 'anything-but': { prefix: 'run' } }] }, false],
    ['anything but prefixes', { state: [{ 'anything-but': { prefix: ['init', 'stop'] } }] }, true],
    ['anything but a suffix', { file: [{ 'anything-but': { suffix: '.png' } }] }, false],
    [
      'anything but a string whatever its case',
      { state: [{ 'anything-but': { 'equals-ignore-case': 'RUNNING' } }] },
      false,
    ],
    ['anything but a wildcard', { file: [{ 'anything-but': { wildcard: '*/sub/*' } }] }, false],
    ['no missing field by anything-but', { missing: [{ 'anything-but': 'x' }] }, false],
    ['a range of numbers', { count: [{ numeric: ['>', 0, '<=', 5] }] }, true],
    ['not beyond an open range', { count: [{ numeric: ['<', 5] }] }, false],
    ['an equal number', { limit: [{ numeric: ['=', 3.018e2] }] }, true],
    ['no string by number', { state: [{ numeric: ['>', 0] }] }, false],
    ['an address of a network', { ip: [{ cidr: '10.0.0.0/24' }] }, true],
    ['not of another network', { ip: [{ cidr: '10.1.0.0/16' }] }, false],
    ['an IPv6 address', { ip6: [{ cidr: '2001:db8::/32' }] }, true],
    ['a wildcard', { file: [{ wildcard: 'dir/*.png' }] }, true],
    ['wildcards in order', { file: [{ wildcard: '*sub*dir*' }] }, false],
    ['no wildcard whose ends overlap', { state: [{ wildcard: 'runn*nning' }] }, false],
    ['no wildcard whose middle is in its end', { file: [{ wildcard: 'dir/*png*.png' }] }, false],
    ['an escaped asterisk as itself', { state: [{ wildcard: 'run\\*' }] }, false],
    ['a field that exists', { state: [{ exists: true }] }, true],
    ['no missing field by existence', { missing: [{ exists: true }] }, false],
    ['a missing field by absence', { missing: [{ exists: false }] }, true],
    ['no field by absence', { state: [{ exists: false }] }, false],
    ['an object by absence, for it is no leaf', { lines: [{ exists: false }] }, true],
    ['a missing field or a value', { state: [{ exists: false }, 'running'] }, true],
    ['one element of an array', { lines: { sku: ['b'] } }, true],
    ['two fields of one element', { lines: { sku: ['b'], quantity: [2] } }, true],
    ['not two fields of different elements', { lines: { sku: ['a'], quantity: [2] } }, false],
    ['one of two branches', { $or: [{ state: ['stopped'] }, { count: [{ numeric: ['<', 10] }] }] }, true],
    ['none of two branches', { $or: [{ state: ['stopped'] }, { count: [7] }] }, false],
    ['a branch and the field beside it', { yes: [false], $or: [{ state: ['running'] }, { count: [7] }] }, false],
  ])('%s', ([, pattern, expected]) => {
    expect(detail(pattern)).toBe(expected)
  })

  test('the top of an event, with arrays met by any element', () => {
    const pattern = compilePattern({
      source: ['holdfast.orders'],
      'detail-type': ['order.placed.v1', 'order.cancelled.v1'],
      resources: ['arn:other'],
    })
    expect(pattern.matches(event)).toBe(true)
    expect(pattern.matches({ ...event, source: 'holdfast.inventory' })).toBe(false)
    expect(pattern.matches({ ...event, resources: [] })).toBe(false)
  })

  test('a missing parent by absence of its child', () => {
    expect(compilePattern({ other: { deep: [{ exists: false }] } }).matches(event)).toBe(true)
  })

  test('a stream record by the filter of an event source', () => {
    const filters = compileFilters([
      JSON.stringify({
        eventName: ['INSERT', 'MODIFY'],
        dynamodb: { NewImage: { outbox: { S: [{ exists: true }] } } },
      }),
    ])
    const record = (outbox: unknown) => ({
      eventName: 'INSERT',
      dynamodb: { NewImage: { pk: { S: 'ord_1' }, ...(outbox ? { outbox } : {}) } },
    })
    expect(filters.matches(record({ S: 'order.placed' }))).toBe(true)
    expect(filters.matches(record({ N: '1' }))).toBe(false)
    expect(filters.matches(record(undefined))).toBe(false)
    expect(compileFilters(undefined).matches(record(undefined))).toBe(true)
  })
})

describe('a malformed pattern is refused by name', () => {
  test.for<[string, unknown, string]>([
    ['no object', ['x'], 'Filter is not an object'],
    ['empty', {}, 'Empty objects are not allowed'],
    ['a bare value', { source: 'holdfast.orders' }, '"source" must be an object or an array'],
    ['an empty array', { detail: { state: [] } }, 'Empty arrays are not allowed at detail.state'],
    [
      'an unknown operator',
      { detail: { state: [{ prefixx: 'a' }] } },
      'Unrecognized match type prefixx at detail.state',
    ],
    ['an operator of every object', { detail: { state: [{ toString: 'a' }] } }, 'Unrecognized match type toString'],
    ['two operators', { a: [{ prefix: 'a', suffix: 'b' }] }, 'Only one key allowed'],
    ['a prefix that is a number', { a: [{ prefix: 1 }] }, 'prefix match pattern must be a string'],
    ['existence that is a string', { a: [{ exists: 'true' }] }, 'exists match pattern must be either true or false'],
    ['mixed anything-but', { a: [{ 'anything-but': ['a', 1] }] }, 'mixed type is not supported'],
    ['anything-but null', { a: [{ 'anything-but': null }] }, 'mixed type is not supported'],
    [
      'anything-but of an unknown operator',
      { a: [{ 'anything-but': { cidr: '10.0.0.0/8' } }] },
      'Unsupported anything-but pattern: cidr',
    ],
    ['anything-but an empty prefix', { a: [{ 'anything-but': { prefix: '' } }] }, 'Null prefix not allowed'],
    ['an unknown comparison', { a: [{ numeric: ['!=', 1] }] }, 'Unrecognized numeric range operator: !='],
    ['a comparison with a string', { a: [{ numeric: ['>', '1'] }] }, 'Value of > must be numeric'],
    ['a range upside down', { a: [{ numeric: ['>', 5, '<', 1] }] }, 'Bottom must be less than top'],
    ['a range of two bottoms', { a: [{ numeric: ['>', 1, '>', 2] }] }, 'Bad numeric range operator: >'],
    ['a number too large', { a: [{ numeric: ['<', 6e9] }] }, 'between -5.0E9 and 5.0E9'],
    ['a network without bits', { a: [{ cidr: '10.0.0.0' }] }, 'Malformed CIDR'],
    ['two asterisks', { a: [{ wildcard: 'a**b' }] }, 'Consecutive wildcard characters at pos 1'],
    ['a stray backslash', { a: [{ wildcard: 'a\\b' }] }, 'Invalid escape character at pos 1'],
    ['one alternative', { $or: [{ a: ['x'] }] }, 'at least 2 Objects in $or'],
    ['alternatives that are no list', { $or: { a: ['x'] } }, 'must be an Array followed with $or'],
    ['a nested list', { a: [['x']] }, 'Match value must be'],
  ])('%s', ([, pattern, reason]) => {
    expect(() => compilePattern(pattern)).toThrow(
      expect.objectContaining({ code: 'InvalidEventPatternException', message: expect.stringContaining(reason) }),
    )
  })

  test('more than 1000 combinations of alternatives', () => {
    const or = { $or: Array.from({ length: 11 }, (_, index) => ({ [`a${index}`]: ['x'] })) }
    expect(() => compilePattern({ one: or, two: or, three: or })).toThrow('more than 1000 combinations')
  })
})
