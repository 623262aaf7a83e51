import { hash } from 'node:crypto'

/** What stands for an e-mail address where only sameness counts: its SHA-256. It can be compared with guesses, and stays where addresses may be. */
export const emailHash = (address: string): string => hash('sha256', address, 'base64url')
