import { type Defect, defect } from './defect.ts'

/** Mistakes with photos of products. */
export const photosDefects: readonly Defect[] = [
  defect('a form that is used again publishes another photo', 'catalog/core/photo', 'first-result', {
    test: 'photo === undefined',
  }),
  defect('a product has any number of photos', 'catalog/core/photo', 'photo-limit', { test: 'false' }),
  defect('an image may have any number of pixels', 'catalog/core/image', 'photo-pixels', 'drop'),
  defect('a photo whose file never came waits for ever', 'catalog/on/due', 'photo-expired', 'drop'),
  defect('nobody asks for a check whose message is lost', 'catalog/on/due', 'photo-asked', 'drop'),
  defect('files of photos stay for ever', 'catalog/on/due', 'photo-tidy', 'drop'),
  defect('published files go with the others', 'catalog/on/due', 'photo-tidy', [/photo\?\.state === .*\[\]/, '[]']),
  defect('a deleted photo leaves its files', 'catalog/routes/photos', 'deleted-files', { value: '[]' }),
  defect('a deleted product leaves the files of its photos', 'catalog/on/stock', 'product-photos', {
    value: '[] as const',
  }),
  defect('files are tidied up while a check is under way', 'catalog/store/photo-files-item', 'tidy-time', {
    value: 'now',
  }),
]
