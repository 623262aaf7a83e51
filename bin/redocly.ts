import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { root } from './docs/files.ts'

const cli = fileURLToPath(new URL('node_modules/@redocly/cli/bin/cli.js', root))
/** It neither reports its use nor asks for a newer version: no request leaves the machine. */
const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }

/** Runs the Redocly CLI at the root of the repository. Returns what it prints, whatever it exits with; throws where it prints nothing. */
export function redocly(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: fileURLToPath(root), env: { ...process.env, ...quiet }, maxBuffer: 64 * 1024 * 1024 }
    execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) => {
      if (stdout === '' && error) reject(new Error(stderr, { cause: error }))
      else resolve(stdout)
    })
  })
}
