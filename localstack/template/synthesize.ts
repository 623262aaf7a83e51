import { spawn } from 'node:child_process'
import { join } from 'node:path'

const app = join(import.meta.dirname, '..', '..', 'bin', 'holdfast.ts')

/**
 * Runs the CDK app by itself, for stage `local`, bundles included, into the folder. Throws with its error output when it fails. The CDK's own check of the
 * templates is left to deployments and tests: it takes longer than everything else together.
 */
export async function synthesize(outdir: string): Promise<void> {
  // Without the settings of a deployment that the same shell may have: npm start runs one stage.
  const { CDK_CONTEXT_JSON: _context, HOLDFAST_EMULATOR: _emulator, ...environment } = process.env
  const child = spawn(process.execPath, [app], {
    env: { ...environment, HOLDFAST_STAGE: 'local', CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const kill = () => child.kill()
  process.once('exit', kill)
  const errors: string[] = []
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => errors.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  process.off('exit', kill)
  if (code !== 0) throw new Error(`The CDK app failed:\n${errors.join('').trim()}`)
}
