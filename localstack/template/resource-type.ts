import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Json } from './intrinsics.ts'

/** The account and region that the stacks are resolved for, and where their endpoints listen. */
export interface Place {
  readonly region: string
  readonly account: string
  /** The URL of the AWS endpoint, without a slash at its end. */
  readonly endpoint: string
  /** The URL of the HTTP API; without it, one that nothing listens at. */
  readonly api?: string
}

/** What names a resource before its properties are known. */
export interface Naming {
  readonly stack: string
  readonly logicalId: string
  readonly place: Place
  /** A property that the name depends on, resolved. */
  property(name: string): Json | undefined
}

/** What other resources see of a resource. */
export interface Identity {
  readonly name: string
  readonly arn: string
  readonly ref: string
  readonly attributes: Readonly<Record<string, string>>
}

/** A resource type that the local stack runs, with the properties that it knows. Any other property is refused. */
export interface ResourceType<Properties extends z.ZodType = z.ZodType> {
  readonly properties: Properties
  readonly identify: (naming: Naming) => Identity
}

export const resourceType = <Properties extends z.ZodType>(
  properties: Properties,
  identify: (naming: Naming) => Identity,
): ResourceType<Properties> => ({ properties, identify })

/** A property that is accepted and has no effect on a laptop. */
export const inert = z.unknown().optional()
export const enabled = z.enum(['ENABLED', 'DISABLED']).default('ENABLED')

/** The identity of a resource that is accepted and not run: enough for whatever refers to it. */
export function inertIdentity(naming: Naming): Identity {
  const name = `${naming.stack}-${naming.logicalId}`
  const arn = `arn:aws:inert:${naming.place.region}:${naming.place.account}:${name}`
  return { name, arn, ref: arn, attributes: { Arn: arn, Name: name } }
}

/** The identity of a resource that nothing refers to. */
export function anonymous(naming: Naming): Identity {
  const name = `${naming.stack}-${naming.logicalId}`
  return { name, arn: name, ref: name, attributes: { Id: name } }
}

/** The identity of a resource whose `Ref` is its name. */
export function named(naming: Naming, service: string, prefix: string, property: string, longest: number): Identity {
  const name = nameOf(naming, property, longest)
  const arn = `arn:aws:${service}:${naming.place.region}:${naming.place.account}:${prefix}${name}`
  return { name, arn, ref: name, attributes: { Arn: arn, Name: name } }
}

/** The given name, or one made of stack and logical id; shortened to `longest` characters with a hash. */
export function nameOf(naming: Naming, property: string, longest: number): string {
  const given = text(naming.property(property))
  if (given !== undefined) return given
  const name = `${naming.stack}-${naming.logicalId}`
  return name.length <= longest ? name : `${name.slice(0, longest - 9)}-${idOf(naming, 8)}`
}

/** An id of letters and digits that depends on nothing but stack and logical id. */
export function idOf({ stack, logicalId }: Naming, length: number): string {
  const digest = createHash('sha256').update(`${stack}/${logicalId}`).digest()
  return Array.from(digest.subarray(0, length), (byte) => (byte % 36).toString(36)).join('')
}

export const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
