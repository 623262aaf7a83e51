import type { LiveFrame } from '../../../schemas/live.ts'

/** What became of a frame: the gateway has it, the connection is gone, or it was not taken in time. */
export type Sending = 'sent' | 'gone' | 'late'

/** The open connections. Throws where it is not known what became of a call: an outage, or that the function may not. */
export interface Connections {
  send(connectionId: string, frame: LiveFrame): Promise<Sending>
  /** Closes a connection; one that is gone is closed. */
  end(connectionId: string): Promise<void>
}

/** One frame of the gateway, in bytes. */
export const mostFrameBytes = 32_768

/** The frame as it is sent. Throws `RangeError` for one that is larger than the gateway takes. */
export function textOfFrame(frame: LiveFrame): string {
  const text = JSON.stringify(frame)
  if (Buffer.byteLength(text) > mostFrameBytes) throw new RangeError(`A frame of type ${frame.type} is too large.`)
  return text
}

/** The gateway as it answers: both reject with what it refuses with. */
export interface Gateway {
  readonly post: (connectionId: string, text: string) => Promise<unknown>
  readonly delete: (connectionId: string) => Promise<unknown>
}

/** Connections behind such a gateway. */
export const connectionsBehind = (gateway: Gateway): Connections => ({
  async send(connectionId, frame) {
    try {
      await gateway.post(connectionId, textOfFrame(frame))
      return 'sent'
    } catch (error) {
      if (isGone(error)) return 'gone'
      if ((error as Error).name === 'TimeoutError') return 'late'
      throw error
    }
  },
  async end(connectionId) {
    try {
      await gateway.delete(connectionId)
    } catch (error) {
      if (!isGone(error)) throw error
    }
  },
})

/** Whether a refusal means that the connection is gone, whichever way it shows. */
function isGone(error: unknown): boolean {
  const { name, $metadata } = error as { readonly name?: string; readonly $metadata?: { httpStatusCode?: number } }
  return name === 'GoneException' || $metadata?.httpStatusCode === 410 // mutant: live-gone
}
