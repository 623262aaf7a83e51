import { signatureHeader } from '../../../functions/payments/adapters/signature.ts'
import type { Chance } from '../../../bin/fuzz/chance.ts'
import type { VirtualClock } from '../../../localstack/clock/clock.ts'

/** A webhook as the provider sends it: the body and its signature. */
export interface Letter {
  readonly text: string
  readonly signature: string
}

export const secrets = ['new secret', 'old secret']
/** After these pauses a webhook is sent again, in milliseconds; the last one until it is taken. */
const pauses = [1_000, 60_000, 600_000, 3_600_000]

export interface WebhooksDeps {
  readonly clock: VirtualClock
  readonly chance: Chance
  /** Delivers a webhook; false when nobody took it. */
  readonly deliver: (letter: Letter) => Promise<boolean>
}

/** Sends webhooks until they are taken. */
export class Webhooks {
  readonly #deps: WebhooksDeps

  constructor(deps: WebhooksDeps) {
    this.#deps = deps
  }

  send(text: string): void {
    const { clock, chance } = this.#deps
    // Some letters go out together, on the minute.
    const minute = Math.max(1, 60_000 - (clock.now() % 60_000) + chance.between(-3_000, 0))
    const pause = chance.maybe(0.2) ? minute : chance.between(1, chance.pick([100, 5_000, 900_000]))
    clock.at(clock.now() + pause, () => void this.#try(text, 0))
  }

  async #try(text: string, tries: number): Promise<void> {
    const { clock, deliver } = this.#deps
    const signature = signatureHeader(secrets.slice(tries % 2), Math.floor(clock.now() / 1_000), text)
    if (await deliver({ text, signature })) return
    clock.at(clock.now() + (pauses[tries] ?? 3_600_000), () => void this.#try(text, tries + 1))
  }
}
