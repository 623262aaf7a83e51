import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** What the check prints on a Node of that version. */
function checked(version: string, environment: NodeJS.ProcessEnv = {}) {
  const asVersion = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'${version}'}})`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', asVersion, 'bin/node-version.js'], {
    env: environment,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test.each(['20.20.2', '22.22.0', '24.9.0', '24.20.9'])(
  'Node %s is refused in one line that names the way out',
  (old) => {
    expect(checked(old)).toEqual({
      status: 1,
      stdout: '',
      stderr: `Holdfast needs Node 24.21 or newer, and this is ${old}: npm ci --ignore-scripts=false brings it.\n`,
    })
  },
)

test.each(['24.21.0', '24.30.1', '26.0.0'])('Node %s is taken without a word', (version) => {
  expect(checked(version)).toEqual({ status: 0, stdout: '', stderr: '' })
})

test('an installation by the npm of an old Node is explained in one line', () => {
  const environment = {
    npm_lifecycle_event: 'postinstall',
    npm_config_user_agent: 'npm/10.8.2 node/v20.20.2 linux x64',
  }
  expect(checked('24.21.0', environment).stdout).toBe(
    'Holdfast brings Node 24.21.0 for its scripts: the 20.20.2 of this machine runs npm alone.\n',
  )
})
