import type { FieldErrors, FieldPath } from './errors.ts'

/** How deep objects and lists may stand in each other. No contract goes half as deep. */
const maxDepth = 32

/** The name that sets the prototype of an object in place of a field. */
const prototypeName = '__proto__'

/**
 * The value of a request as everything behind the door works with it: text in normalization form C, names as well, and no negative zero,
 * so that what is the same to people is the same to keys, hashes and searches. Text that is not well-formed, the name `__proto__`, one name in two
 * forms and values that stand too deep are errors, each with its path. Fields in `verbatim`, by their name at the top, are kept as they are.
 */
export function admit(value: unknown, errors: FieldErrors, verbatim: readonly string[] = []): unknown {
  return new Door(errors, verbatim).admit(value, [])
}

class Door {
  readonly #errors: FieldErrors
  readonly #verbatim: readonly string[]

  constructor(errors: FieldErrors, verbatim: readonly string[]) {
    this.#errors = errors
    this.#verbatim = verbatim
  }

  admit(value: unknown, path: FieldPath): unknown {
    if (typeof value === 'string') return this.#text(value, path)
    // A negative zero plus zero is zero.
    if (typeof value === 'number') return value + 0
    if (typeof value !== 'object' || value === null) return value
    if (path.length >= maxDepth) {
      this.#errors.add(path, `more than ${maxDepth} levels deep`)
      return null
    }
    return Array.isArray(value)
      ? value.map((each, index) => this.admit(each, [...path, index]))
      : this.#object(value, path)
  }

  #text(text: string, path: FieldPath): string {
    if (!text.isWellFormed()) {
      this.#errors.add(path, notWellFormed)
      return text
    }
    const [name] = path
    return path.length === 1 && typeof name === 'string' && this.#verbatim.includes(name) ? text : text.normalize()
  }

  #object(value: object, path: FieldPath): object {
    const fields = new Map<string, unknown>()
    for (const [name, field] of Object.entries(value)) {
      const normal = name.normalize()
      const place = [...path, normal]
      if (!name.isWellFormed()) this.#errors.add(place, notWellFormed)
      else if (name === prototypeName) this.#errors.add(place, 'not a name that a field can have')
      else if (fields.has(normal)) this.#errors.add(place, 'comes twice, in two forms of Unicode')
      fields.set(normal, this.admit(field, place))
    }
    return Object.fromEntries(fields)
  }
}

const notWellFormed = 'not well-formed: half a character (a lone surrogate)'
