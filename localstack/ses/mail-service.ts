import type { StackClock } from '../clock/clock.ts'
import { uuid } from '../clock/uuid.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import { type ComeBack, type Fate, type OutgoingMail, notificationOf } from './notification.ts'

export interface ConfigurationSet {
  readonly name: string
  readonly arn: string
  /** What puts an address on the suppression list, and keeps mails from those that are on it. */
  readonly suppresses: readonly Fate[]
  readonly destinations: readonly { readonly fates: readonly Fate[]; readonly topicArn: string }[]
}

export interface MailServiceSettings {
  /** Addresses and domains that mails may come from, as if all were verified. */
  readonly identities: readonly { readonly name: string; readonly arn: string }[]
  readonly configurationSets: readonly ConfigurationSet[]
}

export interface MailServiceDeps {
  readonly clock: Pick<StackClock, 'now'>
  readonly random: () => number
  readonly publish: (topicArn: string, message: string) => void
}

/** A mail as it arrived. */
export interface ArrivedMail {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** An address that gets no mail any more. */
export interface Suppressed {
  readonly address: string
  readonly reason: Fate
  /** Milliseconds since 1970. */
  readonly at: number
}

/** How many mails are kept; the oldest go first. */
export const keptMails = 1_000

/** SES outside of its sandbox: takes mails, and keeps those that arrive to be read. */
export class MailService {
  readonly settings: MailServiceSettings
  readonly #deps: MailServiceDeps
  readonly #arrived: ArrivedMail[] = []
  /** By address in small letters, as the next one. */
  readonly #fates = new Map<string, Fate>()
  readonly #suppressed = new Map<string, Suppressed>()

  constructor(settings: MailServiceSettings, deps: MailServiceDeps) {
    this.settings = settings
    this.#deps = deps
  }

  /**
   * Returns the id of the message.
   *
   * @throws AwsError `MessageRejected` for a sender that is no identity, `NotFoundException` for an unknown configuration set
   */
  send(mail: OutgoingMail): string {
    if (this.identityOf(mail.from) === undefined)
      throw new AwsError(
        'MessageRejected',
        `Email address is not verified. The following identities failed the check: ${mail.from}`,
      )
    const set = this.#setNamed(mail.configurationSet)
    const messageId = uuid(this.#deps.random)
    for (const to of mail.to) this.#deliver(mail, messageId, to, set)
    return messageId
  }

  /** The identity by which mails may come from an address: the address itself, its domain or one above that. */
  identityOf(address: string): MailServiceSettings['identities'][number] | undefined {
    const domain = `.${address.slice(address.lastIndexOf('@') + 1)}`
    const { identities } = this.settings
    return (
      identities.find(({ name }) => name === address) ??
      identities.find(({ name }) => !name.includes('@') && domain.endsWith(`.${name}`))
    )
  }

  /** The mails that have arrived, the newest first. */
  arrived(): readonly ArrivedMail[] {
    return this.#arrived.toReversed()
  }

  clear(): void {
    this.#arrived.length = 0
  }

  /** Lets mails to an address come back from now on. */
  comesBack(address: string, fate: Fate): void {
    this.#fates.set(address.toLowerCase(), fate)
  }

  /** Lets all mails arrive again. Addresses stay on the suppression list. */
  allArrive(): void {
    this.#fates.clear()
  }

  suppressed(): readonly Suppressed[] {
    return [...this.#suppressed.values()]
  }

  /** Takes an address off the suppression list; `false` where it is not on it. */
  release(address: string): boolean {
    return this.#suppressed.delete(address.toLowerCase())
  }

  #setNamed(name: string | undefined): ConfigurationSet | undefined {
    const set = this.settings.configurationSets.find((each) => each.name === name)
    if (name !== undefined && set === undefined)
      throw new AwsError('NotFoundException', `Configuration set <${name}> does not exist.`, 404)
    return set
  }

  #deliver(mail: OutgoingMail, messageId: string, to: string, set: ConfigurationSet | undefined): void {
    const at = this.#deps.clock.now()
    const reason = this.#suppressed.get(to.toLowerCase())?.reason
    if (reason && set?.suppresses.includes(reason)) {
      this.#notify({ mail, messageId, at, to, fate: 'BOUNCE', suppressed: true }, set)
      return
    }
    const fate = this.#fates.get(to.toLowerCase()) ?? simulated(to)
    if (fate !== 'BOUNCE' && !isUnread(to)) this.#arrive({ at, to, subject: mail.subject, text: mail.text })
    if (fate === undefined || set === undefined) return
    if (set.suppresses.includes(fate) && !isSimulator(to))
      this.#suppressed.set(to.toLowerCase(), { address: to, reason: fate, at })
    this.#notify({ mail, messageId, at, to, fate }, set)
  }

  #arrive(mail: ArrivedMail): void {
    this.#arrived.push(mail)
    if (this.#arrived.length > keptMails) this.#arrived.shift()
  }

  #notify(comeBack: ComeBack, { destinations }: ConfigurationSet): void {
    const message = JSON.stringify(notificationOf(comeBack))
    for (const { fates, topicArn } of destinations)
      if (fates.includes(comeBack.fate)) this.#deps.publish(topicArn, message)
  }
}

// The mailbox simulator, whose addresses are never suppressed: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
const isSimulator = (address: string): boolean => address.endsWith('@simulator.amazonses.com')

/** Takes mails that nobody reads. */
const isUnread = (address: string): boolean => isSimulator(address) && /^success(\+|@)/.test(address)

function simulated(address: string): Fate | undefined {
  if (!isSimulator(address)) return undefined
  if (/^(bounce|suppressionlist)(\+|@)/.test(address)) return 'BOUNCE'
  return /^complaint(\+|@)/.test(address) ? 'COMPLAINT' : undefined
}
