import * as z from 'zod'
import { personal } from './personal.ts'
import { changesOf, linesOrNothing, oneLine } from './text.ts'

/** How many keys the metadata of one thing may have. */
export const maxMetadataKeys = 50

/** What another system calls it: any text, kept as it is. */
export const Reference = personal('reference', z.string().min(1).max(255)).meta({ id: 'Reference' })

/** As it is entered. */
export const ReferenceInput = personal('reference', oneLine(255))

const KnownKey = personal('metadata', z.string().min(1).max(40))
const KnownValue = personal('metadata', z.string().max(500))
export const MetadataKey = personal('metadata', oneLine(40))
const MetadataValue = personal('metadata', linesOrNothing(500))
const few = (metadata: object): boolean => Object.keys(metadata).length <= maxMetadataKeys
const tooMany = `at most ${maxMetadataKeys} keys`

/** Names and texts that another system puts there for itself: nothing here goes by them. */
export const Metadata = z
  .record(KnownKey, KnownValue)
  .refine(few, tooMany)
  .meta({ id: 'Metadata', description: `At most ${maxMetadataKeys} keys, which nothing here goes by.` })
export type Metadata = z.infer<typeof Metadata>

/** As they are entered. */
export const MetadataInput = z
  .record(MetadataKey, MetadataValue)
  .refine(few, tooMany)
  .meta({ id: 'MetadataInput', description: `At most ${maxMetadataKeys} keys, which nothing here goes by.` })

/** Keys that are set, or with null removed; all others stay as they are. */
export const MetadataPatch = changesOf(MetadataKey, KnownKey, MetadataValue).refine(few, tooMany).meta({
  id: 'MetadataPatch',
  description:
    'Each key is set, or removed by null; all others stay. Two that change different keys at once lose nothing.',
})
export type MetadataPatch = z.infer<typeof MetadataPatch>

/** What other systems put onto a thing, to find it again and to keep what is theirs beside it. */
export const Labels = z
  .object({ reference: Reference.optional(), metadata: Metadata.optional() })
  .meta({ id: 'Labels' })
export interface Labels {
  readonly reference?: string
  readonly metadata?: Metadata
}

/** A change of labels: what is undefined stays. */
export const LabelsPatch = z
  .strictObject({
    reference: ReferenceInput.nullable().optional().describe('Null removes it.'),
    metadata: MetadataPatch.optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one field')
  .meta({ id: 'LabelsPatch', minProperties: 1 })
export interface LabelsPatch {
  readonly reference?: string | null | undefined
  readonly metadata?: MetadataPatch | undefined
}
