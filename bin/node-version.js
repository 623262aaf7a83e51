// Plain JavaScript, because a Node that is too old to run TypeScript has to read it: before `npm start`, and after an installation.
import { readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const needed = engines.node.replace('>=', '')
const isOld = (version) => version.localeCompare(needed, 'en', { numeric: true }) < 0
const ofNpm = /node\/v(\S+)/.exec(process.env['npm_config_user_agent'] ?? '')?.[1]

if (isOld(process.versions.node)) {
  console.error(
    `Holdfast needs Node ${needed} or newer, and this is ${process.versions.node}: npm ci --ignore-scripts=false brings it.`,
  )
  process.exit(1)
}
if (process.env['npm_lifecycle_event'] === 'postinstall' && ofNpm !== undefined && isOld(ofNpm))
  console.log(
    `Holdfast brings Node ${process.versions.node} for its scripts: the ${ofNpm} of this machine runs npm alone.`,
  )
