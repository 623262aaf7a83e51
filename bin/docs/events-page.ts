import { type EventContract, type Service, detailTypeOf, services } from '../../schemas/contract.ts'
import { type ServiceContract, allEvents, topology } from '../../schemas/topology.ts'
import { anchorOf, linkTo } from './anchor.ts'
import { type Field, type Shape, fieldsOf, shapesOf } from './event-fields.ts'
import { type System, noteOf, systems } from './event-notes.ts'

const contractOf = (service: Service): ServiceContract => topology[service]

/** What the one-time schedules send. */
export const allTimers: readonly EventContract[] = services.flatMap((service) => contractOf(service).timers)
const everything = [...allEvents, ...allTimers]

const others = 'What others call them'

/** All of docs/events.md but its introduction. Throws for an event without a note. */
export function eventsPage(): string {
  return [
    sourceSystems(),
    overview(),
    ...nouns().map(aboutNoun),
    '## Shapes',
    ...shapesOf(everything).map(aboutShape),
    `## ${others}`,
    counterparts(),
  ].join('\n\n')
}

function sourceSystems(): string {
  const rows = Object.values(systems).map(
    ({ name, repository, kind }) => `| ${name} | [${repository}](https://github.com/${repository}) | ${kind} |`,
  )
  return [
    `Holdfast unites the features of five published systems; [their events](#${anchorOf(others)}) have counterparts here.`,
    '',
    '| system | repository | kind |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n')
}

function overview(): string {
  return [
    '| event | published by | consumed by | meaning |',
    '| --- | --- | --- | --- |',
    ...everything.map((contract) => {
      const cells = [
        linkTo(detailTypeOf(contract)),
        publisherOf(contract),
        listed(consumersOf(contract)),
        contract.description,
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ].join('\n')
}

const publisherOf = (contract: EventContract): string => (isTimer(contract) ? 'Scheduler' : contract.source)

const consumersOf = (contract: EventContract): readonly string[] =>
  isTimer(contract) ? [contract.source] : services.filter((service) => contractOf(service).consumes.includes(contract))

const isTimer = (contract: EventContract): boolean => allTimers.includes(contract)

/** Private events stand together: they carry little of what the others of their noun do. */
const nounOf = ({ name, isPrivate }: EventContract): string => (isPrivate ? 'private' : (name.split('.')[0] ?? name))

const nouns = (): readonly string[] => [...new Set(everything.map(nounOf))]

/** The events of a noun, after the fields that all of them carry. */
function aboutNoun(noun: string): string {
  const contracts = everything.filter((contract) => nounOf(contract) === noun)
  const shared = contracts.length > 1 ? sharedFields(contracts) : []
  return [
    `## ${noun}`,
    ...(shared.length > 0 ? ['Each of these events carries', fieldList(shared)] : []),
    ...contracts.map((contract) => aboutEvent(contract, shared)),
  ].join('\n\n')
}

function sharedFields(contracts: readonly EventContract[]): readonly Field[] {
  const [first = [], ...others] = contracts.map(fieldsOf)
  return first.filter((field) => others.every((fields) => fields.some((other) => isSame(other, field))))
}

const isSame = (a: Field, b: Field): boolean => JSON.stringify(a) === JSON.stringify(b)

function aboutEvent(contract: EventContract, shared: readonly Field[]): string {
  const { published, elsewhere } = noteOf(contract)
  const own = fieldsOf(contract).filter((field) => !shared.some((other) => isSame(other, field)))
  const names = Object.entries(elsewhere).map(
    ([system, names]) =>
      `${names.map(code).join(' and ')} in [${systems[system as System].name}](#${anchorOf(others)})`,
  )
  const story = [
    `Published by ${publisherOf(contract)} ${published}.`,
    `Consumed by ${listed(consumersOf(contract))}.`,
    ...(names.length > 0 ? [`Called ${names.join(', ')}.`] : []),
  ]
  return [
    `### ${detailTypeOf(contract)}`,
    contract.description,
    story.join(' '),
    ...(own.length > 0 ? [fieldList(own)] : []),
  ].join('\n\n')
}

const fieldList = (fields: readonly Field[]): string => fields.map(fieldLine).join('\n')

function fieldLine({ name, required, type, description }: Field): string {
  return `- \`${name}${required ? '' : '?'}\`: ${type}${description === undefined ? '' : `. ${description}`}`
}

function aboutShape({ name, type, fields }: Shape): string {
  return [`### ${name}`, fields.length > 0 ? fieldList(fields) : type].join('\n\n')
}

/** From what other systems call a fact to what it is called here. */
function counterparts(): string {
  return Object.entries(systems)
    .map(([system, { name, kind }]) => [`${name} is ${kind}:`, namesIn(system as System).join('\n')].join('\n\n'))
    .join('\n\n')
}

function namesIn(system: System): readonly string[] {
  const theirs = everything.flatMap((contract) => noteOf(contract).elsewhere[system] ?? [])
  return [...new Set(theirs)].map((name) => {
    const ours = everything.filter((contract) => noteOf(contract).elsewhere[system]?.includes(name))
    return `- ${code(name)}: ${ours.map((contract) => linkTo(detailTypeOf(contract))).join(', ')}`
  })
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'nobody yet' : names.join(', '))

const code = (text: string): string => `\`${text}\``
