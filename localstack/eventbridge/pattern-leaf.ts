import { BlockList, isIP } from 'node:net'
import { AwsError } from '../endpoint/aws-error.ts'
import { own } from '../../schemas/own.ts'

/** What one item of a pattern's array asks of one value of the event. */
export interface LeafTest {
  /** Whether the field may be missing. */
  readonly absent: boolean
  passes(value: unknown): boolean
}

type Path = readonly string[]
type Passes = (value: unknown) => boolean
type Operator = (operand: unknown, path: Path) => Passes

/** Numbers beyond this are refused in `numeric`. */
const largestNumber = 5e9

const operators: Readonly<Record<string, Operator>> = {
  exactly: (operand, path) => {
    const text = textOf('exactly', operand, path)
    return (value) => value === text
  },
  prefix: (operand, path) => affix('prefix', operand, path),
  suffix: (operand, path) => affix('suffix', operand, path),
  'equals-ignore-case': (operand, path) => {
    const text = textOf('equals-ignore-case', operand, path).toLowerCase()
    return (value) => typeof value === 'string' && value.toLowerCase() === text
  },
  wildcard: (operand, path) => wildcard(textOf('wildcard', operand, path), path),
  numeric,
  cidr,
  'anything-but': anythingBut,
}

/** The refusal of a pattern, as `PutRule` answers it. */
export function invalidPattern(reason: string, path: readonly string[]): AwsError {
  const where = path.length === 0 ? '' : ` at ${path.join('.')}`
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}${where}`)
}

/** Reads one item of an array of a pattern. Throws AwsError `InvalidEventPatternException`. */
export function leafTest(item: unknown, path: Path): LeafTest {
  if (typeof item !== 'object' || item === null) return { absent: false, passes: (value) => value === item }
  const [name, operand] = onlyEntry(item, path)
  if (name === 'exists') {
    if (typeof operand !== 'boolean') throw invalidPattern('exists match pattern must be either true or false.', path)
    return { absent: !operand, passes: () => operand }
  }
  return { absent: false, passes: operatorNamed(name, path)(operand, path) }
}

function onlyEntry(item: object, path: Path): [string, unknown] {
  const entries: [string, unknown][] = Array.isArray(item) ? [] : Object.entries(item)
  const [entry] = entries
  if (!entry) throw invalidPattern('Match value must be String, number, true, false, or null', path)
  if (entries.length > 1) throw invalidPattern('Only one key allowed in match expression', path)
  return entry
}

function operatorNamed(name: string, path: Path): Operator {
  const operator = own(operators, name)
  if (!operator) throw invalidPattern(`Unrecognized match type ${name}`, path)
  return operator
}

function textOf(operator: string, operand: unknown, path: Path): string {
  if (typeof operand !== 'string') throw invalidPattern(`${operator} match pattern must be a string`, path)
  return operand
}

function affix(operator: 'prefix' | 'suffix', operand: unknown, path: Path): Passes {
  const [text, fold] = foldable(operator, operand, path)
  const has = (value: string): boolean => (operator === 'prefix' ? value.startsWith(text) : value.endsWith(text))
  return (value) => typeof value === 'string' && has(fold ? value.toLowerCase() : value)
}

/** The text of a prefix or suffix, and whether case is ignored. */
function foldable(operator: string, operand: unknown, path: Path): [string, boolean] {
  if (typeof operand !== 'object' || operand === null) return [textOf(operator, operand, path), false]
  const [name, text] = onlyEntry(operand, path)
  if (name !== 'equals-ignore-case') throw invalidPattern(`Unsupported ${operator} pattern: ${name}`, path)
  return [textOf(operator, text, path).toLowerCase(), true]
}

function anythingBut(operand: unknown, path: Path): Passes {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [name, inner] = onlyEntry(operand, path)
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)) {
      throw invalidPattern(`Unsupported anything-but pattern: ${name}`, path)
    }
    const refused = listOf(inner, path).map((item) => {
      if (item === '') throw invalidPattern(`Null ${name} not allowed`, path)
      return operatorNamed(name, path)(item, path)
    })
    return (value) => !refused.some((passes) => passes(value))
  }
  const refused = listOf(operand, path)
  const kinds = new Set(refused.map((item) => typeof item))
  if (kinds.size !== 1 || !(kinds.has('string') || kinds.has('number'))) {
    throw invalidPattern(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
      path,
    )
  }
  return (value) => !refused.includes(value)
}

function listOf(operand: unknown, path: Path): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand]
  if (list.length === 0) throw invalidPattern('Empty arrays are not allowed', path)
  return list
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

function numeric(operand: unknown, path: Path): Passes {
  if (!Array.isArray(operand)) throw invalidPattern('Value of numeric must be an array.', path)
  const terms: readonly unknown[] = operand
  if (terms.length !== 2 && terms.length !== 4)
    throw invalidPattern('Bad number of elements in numeric expression', path)
  const [lower, bottom, upper, top] = terms
  const tests = [comparison(lower, bottom, path)]
  if (terms.length === 4) {
    if (!(lower === '>' || lower === '>=') || !(upper === '<' || upper === '<=')) {
      throw invalidPattern(`Bad numeric range operator: ${String(upper)}`, path)
    }
    if (Number(bottom) >= Number(top)) throw invalidPattern('Bottom must be less than top', path)
    tests.push(comparison(upper, top, path))
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value))
}

function comparison(operator: unknown, bound: unknown, path: Path): (value: number) => boolean {
  const compare = typeof operator === 'string' ? own(comparisons, operator) : undefined
  if (!compare) throw invalidPattern(`Unrecognized numeric range operator: ${String(operator)}`, path)
  if (typeof bound !== 'number') throw invalidPattern(`Value of ${String(operator)} must be numeric`, path)
  if (Math.abs(bound) > largestNumber) throw invalidPattern('Value must be between -5.0E9 and 5.0E9, inclusive', path)
  return (value) => compare(value, bound)
}

function cidr(operand: unknown, path: Path): Passes {
  const text = textOf('cidr', operand, path)
  const [address = '', bits = '', ...rest] = text.split('/')
  const family = isIP(address)
  const most = family === 6 ? 128 : 32
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) {
    throw invalidPattern(`Malformed CIDR: ${text}`, path)
  }
  const block = new BlockList()
  block.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
  return (value) =>
    typeof value === 'string' && isIP(value) === family && block.check(value, family === 6 ? 'ipv6' : 'ipv4')
}

/** `*` stands for any characters; `\*` and `\\` for the characters themselves. */
function wildcard(text: string, path: Path): Passes {
  const parts = wildcardParts(text, path)
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  return (value) => {
    if (typeof value !== 'string') return false
    if (parts.length === 1) return value === first
    if (!value.startsWith(first) || !value.endsWith(last)) return false
    let from = first.length
    for (const part of parts.slice(1, -1)) {
      const found = value.indexOf(part, from)
      if (found < 0) return false
      from = found + part.length
    }
    return from <= value.length - last.length
  }
}

function wildcardParts(text: string, path: Path): string[] {
  if (text.length === 0) throw invalidPattern('wildcard match pattern must not be empty', path)
  const parts = ['']
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (character === '*') {
      if (text.charAt(index + 1) === '*') throw invalidPattern(`Consecutive wildcard characters at pos ${index}`, path)
      parts.push('')
      continue
    }
    if (character === '\\') {
      index++
      if (!['*', '\\'].includes(text.charAt(index)))
        throw invalidPattern(`Invalid escape character at pos ${index - 1}`, path)
    }
    parts[parts.length - 1] += text.charAt(index)
  }
  return parts
}
