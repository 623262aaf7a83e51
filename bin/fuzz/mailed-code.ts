import type { LocalControl } from '../replay/local-control.ts'

/** The code in the last mail to an address; undefined where there is none, or nobody can read the mails. */
export type CodeOf = (email: string) => Promise<string | undefined>

export const codeIn =
  (control: LocalControl | undefined): CodeOf =>
  async (email) => {
    const mails = (await control?.mails()) ?? []
    return mails.find(({ to }) => to === email.toLowerCase())?.text.match(/\b\d{8}\b/)?.[0]
  }
