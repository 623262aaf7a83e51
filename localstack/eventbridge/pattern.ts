import { invalidPattern, leafTest, type LeafTest } from './pattern-leaf.ts'

/** A checked event pattern. */
export interface Pattern {
  matches(event: unknown): boolean
}

/** One field of a pattern: where it is and what one value there must be. */
interface Field {
  readonly path: readonly string[]
  readonly tests: readonly LeafTest[]
}

/** The element that was taken of each array. */
type Elements = ReadonlyMap<object, number>
const none: Elements = new Map()

/** A value of the event, with the element of each array on the way to it. */
interface Value {
  readonly value: unknown
  readonly elements: Elements
}

/** Combinations of `$or` branches above which EventBridge refuses a pattern. */
const mostBranches = 1000

/**
 * Reads an event pattern of an EventBridge rule, or of the filter criteria of a Lambda event source.
 * Throws AwsError `InvalidEventPatternException` naming the path and what is wrong there.
 *
 * Matches as github.com/aws/event-ruler does: a pattern becomes branches (one per combination of `$or` alternatives), and a branch
 * matches when each of its fields has a value that passes, the values inside one array coming from one and the same element.
 */
export function compilePattern(pattern: unknown): Pattern {
  const branches = branchesOf(pattern, [])
  if (branches.length > mostBranches) throw invalidPattern(`more than ${mostBranches} combinations of $or`, [])
  return { matches: (event) => branches.some((fields) => matchFields(fields, 0, event, none)) }
}

/** Reads the patterns (JSON) of `FilterCriteria`: what passes one of them passes; without any everything does. */
export function compileFilters(filters: readonly string[] | undefined): Pattern {
  const patterns = (filters ?? []).map((filter) => compilePattern(JSON.parse(filter)))
  return { matches: (event) => patterns.length === 0 || patterns.some((pattern) => pattern.matches(event)) }
}

function branchesOf(node: unknown, path: readonly string[]): Field[][] {
  if (!isObject(node)) throw invalidPattern('Filter is not an object', path)
  const entries = Object.entries(node)
  if (entries.length === 0) throw invalidPattern('Empty objects are not allowed', path)
  let branches: Field[][] = [[]]
  for (const [name, child] of entries) {
    const alternatives = name === '$or' ? orBranches(child, path) : fieldBranches(child, [...path, name])
    branches = branches.flatMap((branch) => alternatives.map((alternative) => [...branch, ...alternative]))
  }
  return branches
}

function orBranches(node: unknown, path: readonly string[]): Field[][] {
  if (!Array.isArray(node)) throw invalidPattern('It must be an Array followed with $or', path)
  if (node.length < 2) throw invalidPattern('There must have at least 2 Objects in $or relationship', path)
  return node.flatMap((alternative) => branchesOf(alternative, path))
}

function fieldBranches(node: unknown, path: readonly string[]): Field[][] {
  if (isObject(node)) return branchesOf(node, path)
  if (!Array.isArray(node)) throw invalidPattern(`"${path.at(-1)}" must be an object or an array`, path)
  if (node.length === 0) throw invalidPattern('Empty arrays are not allowed', path)
  return [[{ path, tests: node.map((item) => leafTest(item, path)) }]]
}

function matchFields(fields: readonly Field[], index: number, event: unknown, chosen: Elements): boolean {
  const field = fields[index]
  if (!field) return true
  const values: Value[] = []
  addValues(values, event, field.path, 0, none)
  if (values.length === 0)
    return field.tests.some((test) => test.absent) && matchFields(fields, index + 1, event, chosen)
  return values.some(({ value, elements }) => {
    if (!field.tests.some((test) => test.passes(value)) || !agree(chosen, elements)) return false
    return matchFields(fields, index + 1, event, elements.size === 0 ? chosen : new Map([...chosen, ...elements]))
  })
}

function agree(chosen: Elements, elements: Elements): boolean {
  for (const [array, element] of elements) if ((chosen.get(array) ?? element) !== element) return false
  return true
}

/** Adds all values that `node` has at the path from `depth` on. */
function addValues(values: Value[], node: unknown, path: readonly string[], depth: number, elements: Elements): void {
  if (Array.isArray(node)) {
    const isLeaf = depth === path.length
    for (const [index, element] of (node as readonly unknown[]).entries())
      addValues(values, element, path, depth, isLeaf ? elements : new Map([...elements, [node, index]]))
    return
  }
  const name = path[depth]
  if (name === undefined) {
    if (!isObject(node)) values.push({ value: node, elements })
  } else if (isObject(node) && Object.hasOwn(node, name)) addValues(values, node[name], path, depth + 1, elements)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
