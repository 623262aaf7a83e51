import { type Labels, type LabelsPatch, maxMetadataKeys } from '../../schemas/labels.ts'
import type { Refuse } from './errors.ts'

/**
 * The labels with a change, key by key; the very same ones where nothing changes. `too_many_metadata_keys` where the metadata would have
 * more keys than it may.
 */
export function relabelled(before: Labels, { reference, metadata }: LabelsPatch): Labels | 'too_many_metadata_keys' {
  const keys = new Map(Object.entries(before.metadata ?? {})) // mutant: metadata-merge
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (value === null) keys.delete(key)
    else keys.set(key, value)
  }
  if (keys.size > maxMetadataKeys) return 'too_many_metadata_keys'
  const named = reference === undefined ? before.reference : (reference ?? undefined)
  const after = {
    ...(named !== undefined && { reference: named }),
    ...(keys.size > 0 && { metadata: Object.fromEntries(keys) }),
  }
  return isSame(before, after) ? before : after
}

/** The labels that there is something of, as a new thing gets them. */
export const labelsOf = ({ reference, metadata = {} }: LabelsPatch): Labels | undefined => {
  const labels = relabelled({}, { reference, metadata })
  return labels === 'too_many_metadata_keys' || Object.keys(labels).length === 0 ? undefined : labels
}

/** The labels with a change. Refuses more keys than `noun` may have, as `An order`. */
export function relabelledOr(
  refuse: Refuse<'too_many_metadata_keys'>,
  noun: string,
  before: Labels,
  patch: LabelsPatch,
): Labels {
  const after = relabelled(before, patch)
  if (after === 'too_many_metadata_keys') throw tooManyMetadataKeys(refuse, noun)
  return after
}

export const tooManyMetadataKeys = (refuse: Refuse<'too_many_metadata_keys'>, noun: string) =>
  refuse('too_many_metadata_keys', `${noun} has at most ${maxMetadataKeys} keys of metadata.`, {
    errors: [{ path: 'metadata', message: 'too many together with those that there are' }],
  })

/** What of an item are labels. */
export const labelsIn = ({ reference, metadata }: Labels): Labels => ({
  ...(reference !== undefined && { reference }),
  ...(metadata && Object.keys(metadata).length > 0 && { metadata }),
})

function isSame(a: Labels, b: Labels): boolean {
  const [keys, others] = [Object.entries(a.metadata ?? {}), new Map(Object.entries(b.metadata ?? {}))]
  return (
    a.reference === b.reference &&
    keys.length === others.size &&
    keys.every(([key, value]) => others.get(key) === value)
  )
}
