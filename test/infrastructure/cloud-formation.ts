import { isDeepStrictEqual } from 'node:util'
import { type DeployedStack, type DeployedStacks, fixedProperties } from '../../bin/docs/deployed.ts'

type Lasting = DeployedStack['lasting'][string]

/** What CloudFormation lets a deployment of all stacks do to those that are there, by its rules of references and replacement. */
export class Account {
  readonly #stacks = new Map<string, DeployedStack>()

  /** Creates or updates the stacks one after the other. Throws what CloudFormation refuses. Returns what was replaced or lost, of lasting resources. */
  deploy(stacks: DeployedStacks): readonly string[] {
    return Object.entries(stacks).flatMap(([name, stack]) => {
      const before = this.#stacks.get(name)
      this.#refuse(name, stack, before)
      this.#stacks.set(name, stack)
      return before ? replacements(before, stack).map((what) => `${name} ${what}`) : []
    })
  }

  #refuse(name: string, stack: DeployedStack, before: DeployedStack | undefined): void {
    const others = [...this.#stacks].filter(([other]) => other !== name)
    const exported = new Set(others.flatMap(([, other]) => Object.keys(other.exports)))
    const missing = stack.imports.find((each) => !exported.has(each))
    if (missing !== undefined) throw new Error(`No export named ${missing} found.`)
    const outputs = new Set(others.flatMap(([other, { outputs }]) => outputs.map((each) => `${other}.${each}`)))
    const unread = stack.reads.find((each) => !outputs.has(each))
    if (unread !== undefined) throw new Error(`There is no output ${unread}, which ${name} reads.`)
    for (const [export_, value] of Object.entries(before?.exports ?? {})) {
      if (isDeepStrictEqual(stack.exports[export_], value)) continue
      const user = others.find(([, { imports }]) => imports.includes(export_))
      if (user) throw new Error(`Export ${export_} cannot be changed as it is in use by ${user[0]}.`)
    }
  }
}

function replacements({ lasting: before }: DeployedStack, { lasting: after }: DeployedStack): string[] {
  return Object.entries(before).flatMap(([logicalId, old]) => {
    const now = after[logicalId]
    if (now === undefined || now.type !== old.type) return [`loses ${logicalId} (${old.type})`]
    const changed = (fixedProperties[old.type] ?? []).filter((name) => !isFixed(name, old, now))
    if (changed.length > 0) return [`replaces ${logicalId} (${changed.join(', ')})`]
    return indexChanges(old, now) > 1 ? [`changes several indexes of ${logicalId} at once`] : []
  })
}

const isFixed = (name: string, old: Lasting, now: Lasting): boolean =>
  isDeepStrictEqual(old.properties[name], now.properties[name])

/** CloudFormation makes or deletes one index of a table in an update, and refuses more. */
function indexChanges(old: Lasting, now: Lasting): number {
  const [before, after] = [indexesOf(old), indexesOf(now)]
  return [...before, ...after].filter((name) => !before.includes(name) || !after.includes(name)).length
}

const indexesOf = ({ properties }: Lasting): string[] =>
  ((properties['GlobalSecondaryIndexes'] ?? []) as readonly { readonly IndexName: string }[]).map(
    ({ IndexName }) => IndexName,
  )
