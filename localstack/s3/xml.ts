const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
])

/** An element, with others or texts in it. */
export interface Xml extends ReadonlyArray<Xml | string> {
  readonly 0: string
}

/** The document of an element. */
export const xmlOf = (root: Xml): string => `<?xml version="1.0" encoding="UTF-8"?>${rendered(root)}`

function rendered([name, ...content]: Xml): string {
  const inner = content.map((each: Xml | string) => (typeof each === 'string' ? escaped(each) : rendered(each)))
  return `<${name}>${inner.join('')}</${name}>`
}

const escaped = (text: string): string => text.replaceAll(/[&<>]/g, (each) => entities.get(each) ?? each)
