import { randomBytes } from 'node:crypto'
import type { Answer } from '../../runtime/answer.ts'

/** Whether a caller would rather have a page than JSON, by its `Accept` (RFC 9110): browsers name `text/html`, programs do not. */
export function prefersPage(accept = ''): boolean {
  const weights = new Map(
    accept.split(',').map((part) => {
      const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return [type, Number(weight ?? 1)]
    }),
  )
  const html = weights.get('text/html') ?? 0
  return html > 0 && html >= (weights.get('application/json') ?? 0)
}

/** A page that loads nothing but what its policy names; its styles and scripts carry the nonce, or come from this API. */
export function page(html: (nonce: string) => string, policy: (nonce: string) => readonly string[]): Answer<never> {
  const nonce = randomBytes(16).toString('base64')
  const directives = [
    "default-src 'none'",
    "img-src 'self' data:",
    ...policy(nonce),
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return {
    content: html(nonce),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [...directives, "frame-ancestors 'none'"].join('; '),
      'referrer-policy': 'no-referrer',
    },
  }
}

/** The icon of a browser's tab, without a request for it. */
export const icon = `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#0b6e4f" d="M8 0l7 3v5c0 4-3 7-7 8-4-1-7-4-7-8V3z"/></svg>',
)}">`

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
