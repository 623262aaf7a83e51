const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x']))

/** What no labels are: a name, the labels, and the paths that their problem names. */
export const badMetadata: readonly (readonly [name: string, labels: object, paths: readonly string[]])[] = [
  ['51 keys of metadata', { metadata: keys(51) }, ['metadata']],
  ['501 characters under a key', { metadata: { note: 'x'.repeat(501) } }, ['metadata.note']],
  ['a key of 41 characters', { metadata: { ['k'.repeat(41)]: 'x' } }, [`metadata.${'k'.repeat(41)}`]],
  ['an empty key', { metadata: { '': 'x' } }, ['metadata.']],
  ['a key __proto__', { metadata: JSON.parse('{"__proto__":"x"}') as object }, ['metadata.__proto__']],
  ['a number in metadata', { metadata: { a: 1 } }, ['metadata.a']],
  ['an object in metadata', { metadata: { a: { b: 'x' } } }, ['metadata.a']],
  ['a list of metadata', { metadata: ['x'] }, ['metadata']],
  ['a text as metadata', { metadata: 'x' }, ['metadata']],
]

export const badLabels: typeof badMetadata = [
  ...badMetadata,
  ['nothing in it', {}, ['']],
  ['a reference of 256 characters', { reference: 'x'.repeat(256) }, ['reference']],
  ['an empty reference', { reference: '' }, ['reference']],
  ['a number as reference', { reference: 7 }, ['reference']],
  ['metadata that is null', { metadata: null }, ['metadata']],
  ['an unknown field', { metadata: { a: 'x' }, label: 'x' }, ['label']],
]
