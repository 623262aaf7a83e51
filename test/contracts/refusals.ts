import { readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Node, parseSync, visitorKeys } from 'oxc-parser'
import { root } from '../../bin/docs/files.ts'
import { type ProblemCode, problems } from '../../schemas/problems.ts'

/** The ports of services: what a route calls on one of them is found in every adapter of it. */
const ports: ReadonlySet<string> = new Set(['directory', 'provider'])

interface Module {
  readonly program: Node
  /** What the file declares at its top, by name. */
  readonly declared: ReadonlyMap<string, Node>
  /** Where an imported name comes from. */
  readonly imported: ReadonlyMap<string, readonly [file: string, name: string]>
}

const modules = new Map<string, Module>()

/** The codes that stand in the handler of a route of a service, and in all that it calls: a code that is not among them is never answered. */
export function refusedBy(service: string, route: string): ReadonlySet<ProblemCode> {
  const folder = join(fileURLToPath(root), 'functions', service)
  const codes = new Set<ProblemCode>()
  const seen = new Set<Node>()
  const follow = (file: string, node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const each of within(node)) {
      if (each.type === 'Literal' && typeof each.value === 'string' && Object.hasOwn(problems, each.value))
        codes.add(each.value as ProblemCode)
      if (each.type === 'Identifier') followName(file, each.name)
      if (each.type === 'CallExpression') followPort(each)
    }
  }
  const followName = (file: string, name: string): void => {
    const { declared, imported } = moduleOf(file)
    const [from, original] = imported.get(name) ?? [file, name]
    const node = from === file ? declared.get(name) : moduleOf(from).declared.get(original)
    if (node) follow(from, node)
  }
  const followPort = ({ callee }: Node & { readonly type: 'CallExpression' }): void => {
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return
    const { object, property } = callee
    const port = object.type === 'MemberExpression' ? object.property : object
    if (port.type !== 'Identifier' || !ports.has(port.name)) return
    for (const file of filesIn(join(folder, 'adapters')))
      if (basename(file).startsWith(`${port.name}.`)) followProperty(file, property.name)
  }
  const followProperty = (file: string, name: string): void => {
    for (const each of within(moduleOf(file).program))
      if (each.type === 'Property' && each.key.type === 'Identifier' && each.key.name === name) follow(file, each.value)
  }
  for (const file of [join(folder, 'http.ts'), ...filesIn(join(folder, 'routes'))]) followProperty(file, route)
  return codes
}

function moduleOf(file: string): Module {
  const known = modules.get(file)
  if (known) return known
  const { program } = parseSync(file, readFileSync(file, 'utf8'))
  const declared = new Map<string, Node>()
  const imported = new Map<string, readonly [string, string]>()
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration' && statement.source.value.startsWith('.'))
      for (const each of statement.specifiers)
        if (each.type === 'ImportSpecifier' && each.imported.type === 'Identifier')
          imported.set(each.local.name, [join(dirname(file), statement.source.value), each.imported.name])
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'FunctionDeclaration' && declaration.id) declared.set(declaration.id.name, declaration)
    if (declaration?.type === 'VariableDeclaration')
      for (const each of declaration.declarations) if (each.id.type === 'Identifier') declared.set(each.id.name, each)
  }
  const made = { program, declared, imported }
  modules.set(file, made)
  return made
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** The node and all in it but types, which name codes that nothing there refuses with. */
function* within(node: Node): Generator<Node> {
  if (node.type.startsWith('TS') && !/^TS(?:As|Satisfies|NonNull)/.test(node.type)) return
  yield node
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, Node | readonly (Node | null)[] | null | undefined>)[key]
    for (const each of [child ?? []].flat() as readonly (Node | null)[]) if (each) yield* within(each)
  }
}
