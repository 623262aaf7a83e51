import { type Node, parseSync, visitorKeys } from 'oxc-parser'
import type { Kind, Mutant } from './mutant.ts'

/** Each operator and what a mutant has in its place. */
const operators: ReadonlyMap<string, string> = new Map([
  ['===', '!=='],
  ['!==', '==='],
  ['+', '-'],
  ['-', '+'],
  ['*', '/'],
  ['/', '*'],
  ['%', '*'],
  ['&&', '||'],
  ['||', '&&'],
  ['+=', '-='],
  ['-=', '+='],
])
const boundaries: ReadonlyMap<string, string> = new Map([
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
])
const methods: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
])

/** A number of this size or more is doubled; a smaller one grows by one. */
const largeNumber = 1_000

/** A change of the text between two offsets. */
type Change = readonly [kind: Kind, start: number, end: number, replacement: string]

/** Every mutant of a TypeScript file, in the order of the source. Types, imports, log lines, and names and texts of errors have none. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors.map(({ message }) => message).join(', ')}`)
  return [...nodesOf(program)]
    .flatMap((node) => [...changesOf(node, source)])
    .map(([kind, start, end, replacement]) => ({ file, kind, start, end, replacement }))
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
}

function* nodesOf(node: Node): Generator<Node> {
  if (isLeftOut(node)) return
  yield node
  for (const key of visitorKeys[node.type] ?? []) {
    if (isName(node, key)) continue
    const child = (node as unknown as Record<string, Node | readonly (Node | null)[] | null | undefined>)[key]
    for (const each of [child ?? []].flat() as readonly (Node | null)[]) if (each) yield* nodesOf(each)
  }
}

const expressionsWithType: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
])

function isLeftOut(node: Node): boolean {
  if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return true
  if (node.type.startsWith('TS')) return !expressionsWithType.has(node.type)
  // `override readonly name` of an error.
  if (node.type === 'PropertyDefinition') return node.override === true
  if (node.type === 'ThrowStatement') return node.argument.type === 'NewExpression'
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false
  const { object } = node.callee
  return object.type === 'Identifier' && (object.name === 'logger' || object.name === 'metrics')
}

/** Whether the child under the key is a name or a path, not a value. */
const isName = (node: Node, key: string): boolean =>
  (key === 'key' && 'computed' in node && !node.computed) || (key === 'source' && node.type.startsWith('Export'))

function* changesOf(node: Node, source: string): Generator<Change> {
  const textOf = ({ start, end }: Node): string => source.slice(start, end)
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      yield* operatorChange(node, source)
      break
    case 'UnaryExpression':
      if (node.operator === '!' || node.operator === '-')
        yield ['operator', node.start, node.end, textOf(node.argument)]
      break
    case 'IfStatement':
    case 'ConditionalExpression':
      for (const value of ['true', 'false']) yield ['guard', node.test.start, node.test.end, value]
      break
    case 'WhileStatement':
      yield ['guard', node.test.start, node.test.end, 'false']
      break
    case 'MemberExpression':
      if (node.optional) {
        const at = source.indexOf('?.', node.object.end)
        yield ['guard', at, at + 2, node.computed ? '' : '.']
      }
      break
    case 'CallExpression':
      yield* callChange(node)
      break
    case 'Literal':
      if (!('regex' in node)) yield ['constant', node.start, node.end, otherConstant(node.value)]
      break
  }
}

function* operatorChange(
  node: Extract<Node, { type: 'BinaryExpression' | 'LogicalExpression' | 'AssignmentExpression' }>,
  source: string,
): Generator<Change> {
  const { operator, left, right } = node
  if (operator === '??') {
    yield ['operator', left.end, node.end, '']
    return
  }
  const isText = [left, right].some(({ type }) => type === 'TemplateLiteral')
  const other = boundaries.get(operator) ?? operators.get(operator)
  if (other === undefined || isText) return
  const at = source.indexOf(operator, left.end)
  yield [boundaries.has(operator) ? 'boundary' : 'operator', at, at + operator.length, other]
}

/** A condition on elements that is left out or weakened, a limit that is the other way round. */
function* callChange(node: Extract<Node, { type: 'CallExpression' }>): Generator<Change> {
  const { callee } = node
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return
  const { object, property } = callee
  const other = methods.get(property.name)
  if (property.name === 'filter') yield ['guard', object.end, node.end, '']
  if (other !== undefined) yield ['operator', property.start, property.end, other]
}

function otherConstant(value: unknown): string {
  if (typeof value === 'boolean') return String(!value)
  if (typeof value === 'number') return String(value < largeNumber ? value + 1 : value * 2)
  if (typeof value === 'string') return value === '' ? "'mutant'" : "''"
  return 'undefined'
}
