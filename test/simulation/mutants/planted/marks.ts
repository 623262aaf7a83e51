import { type Node, parseSync, visitorKeys } from 'oxc-parser'
import type { Change, Defect } from './defect.ts'

/** The code of each mark in a source. Throws when a mark is there twice, or when the source is no TypeScript. */
export function marksOf(file: string, source: string): ReadonlyMap<string, Node> {
  const { program, comments, errors } = parseSync(file, source)
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors.map(({ message }) => message).join(', ')}`)
  const largest = new Map<number, Node>()
  for (const node of within(program))
    if (!blocks.has(node.type) && !largest.has(node.start)) largest.set(node.start, node)
  const marks = new Map<string, Node>()
  for (const { value, start, end } of comments) {
    const [, mark] = /^ mutant: ([a-z-]+)$/.exec(value) ?? []
    if (mark === undefined) continue
    const line = source.lastIndexOf('\n', start) + 1
    const isAlone = source.slice(line, start).trim() === ''
    const node = largest.get(firstCode(source, isAlone ? end : line))
    if (marks.has(mark)) throw new Error(`The mark "${mark}" is in ${file} twice.`)
    if (node) marks.set(mark, node)
  }
  return marks
}

/** The source with the defect in it. Throws when it has not the mark, or when the change finds nothing to change. */
export function sown(source: string, { name, file, mark, change }: Defect): string {
  const node = marksOf(file, source).get(mark)
  if (!node) throw new Error(`The mark "${mark}" of "${name}" is not in ${file}.`)
  const [start, end, code] = editOf(source, node, change)
  const text = source.slice(0, start) + code + source.slice(end)
  if (text === source) throw new Error(`"${name}" changes nothing at "${mark}" in ${file}.`)
  return text
}

/** Where the first code is from there on; a branch starts behind its "else". */
function firstCode(source: string, from: number): number {
  const [space = ''] = /^\s*(\} )?(else )?/.exec(source.slice(from)) ?? []
  return from + space.length
}

/** What starts with its first statement, and is not meant by its mark. */
const blocks: ReadonlySet<string> = new Set(['Program', 'BlockStatement'])

/** The node and all in it, from the outside to the inside. */
function within(node: Node, found: Node[] = []): readonly Node[] {
  found.push(node)
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, Node | readonly (Node | null)[] | null>)[key]
    for (const each of [child ?? []].flat()) if (each) within(each, found)
  }
  return found
}

type Edit = readonly [start: number, end: number, code: string]

function editOf(source: string, node: Node, change: Change): Edit {
  const replaced = ({ start, end }: Node, code: string): Edit => [start, end, code]
  if (change === 'always') return replaced(testOf(node), 'true')
  if (change === 'never') return replaced(testOf(node), 'false')
  if (change === 'drop') return dropped(source, node)
  if ('test' in change) return replaced(testOf(node), change.test)
  if ('value' in change) return replaced(valueOf(node), change.value)
  if ('code' in change) return replaced(node, change.code)
  return replaced(node, source.slice(node.start, node.end).replace(...change))
}

function dropped(source: string, { type, start, end }: Node): Edit {
  if (/Statement$|Declaration$/.test(type)) return [start, end, ';']
  return [start, source.indexOf(',', end) + 1, '']
}

function testOf(node: Node): Node {
  for (const each of within(node))
    if (each.type === 'IfStatement' || each.type === 'ConditionalExpression') return each.test
  throw new Error(`A ${node.type} has no condition.`)
}

function valueOf(node: Node): Node {
  const value =
    node.type === 'VariableDeclaration'
      ? node.declarations[0]?.init
      : node.type === 'ReturnStatement'
        ? node.argument
        : node.type === 'Property'
          ? node.value
          : undefined
  if (!value) throw new Error(`A ${node.type} has no value.`)
  return value
}
