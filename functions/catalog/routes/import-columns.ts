import { AttributeName } from '../../../schemas/catalog.ts'
import { type Cell, type Columns, cells } from '../../runtime/file-columns.ts'

const { number, boolean, text, code } = cells
const columns: ReadonlyMap<string, Cell> = new Map([
  ['sku', code],
  ['name', text],
  ['description', text],
  ['categoryId', text],
  ['price', number],
  ['currency', text],
  ['weightGrams', number],
  ['unique', boolean],
  ['active', boolean],
  ['lowStockAt', number],
])
const attribute = 'attributes.'
const attributeOf = (name: string): string | undefined =>
  name.startsWith(attribute) ? name.slice(attribute.length) : undefined

/** The columns of files of products: attributes are text. */
export const productColumns: Columns = {
  known: [...columns.keys(), `${attribute}<name>`].join(', '),
  names: [...columns.keys(), attribute],
  cellOf: (name) => columns.get(name) ?? (AttributeName.safeParse(attributeOf(name)).success ? text : undefined),
  valueOf: (filled) => {
    const attributes = filled.flatMap(([name, value]): [string, unknown][] => {
      const own = attributeOf(name)
      return own === undefined ? [] : [[own, value]]
    })
    const { price, currency, ...fields } = Object.fromEntries(
      filled.filter(([name]) => attributeOf(name) === undefined),
    )
    return {
      ...fields,
      ...((price !== undefined || currency !== undefined) && { price: { amount: price, currency } }),
      ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
    }
  },
}
