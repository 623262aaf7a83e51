import { type PrincipalItem, principalKey } from '../../../functions/runtime/principals.ts'
import type { World } from '../engine/world.ts'
import { Violation } from './violation.ts'

/** Somebody who may give roles can always sign in, once there was somebody. */
export class StandingInvariants {
  readonly #world: World
  #isChanged = false
  #hadOwner = false

  constructor(world: World) {
    this.#world = world
  }

  changed(): void {
    this.#isChanged = true
  }

  check(): void {
    if (!this.#isChanged) return
    this.#isChanged = false
    const { directory, principals } = this.#world
    const records = new Map(principals.primary.items().map((item) => [item.pk, item as PrincipalItem]))
    const isOwner = ({ id, roles }: { readonly id: string; readonly roles: readonly string[] }): boolean => {
      const record = records.get(principalKey(id).pk)
      return !record?.disabled && (record?.roles ?? roles).includes('owner')
    }
    const hasOwner = directory.accounts().some(isOwner)
    if (this.#hadOwner && !hasOwner) throw new Violation('an owner stays', [...records.keys()].join(' '))
    this.#hadOwner ||= hasOwner
  }
}
