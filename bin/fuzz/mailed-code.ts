import type { LocalControl } from '../replay/local-control.ts'

/** The code that was mailed to an address last; undefined where there is none, or nobody can read the mails. */
export type CodeOf = (email: string) => Promise<string | undefined>

export const codeIn =
  (control: LocalControl | undefined): CodeOf =>
  async (email) => {
    const mails = (await control?.mails()) ?? []
    const texts = mails.filter(({ to }) => to === email.toLowerCase()).map(({ text }) => text)
    return texts.flatMap((text) => text.match(/\b\d{8}\b/)?.[0] ?? [])[0]
  }
