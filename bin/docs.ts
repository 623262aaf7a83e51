import { writeFile } from 'node:fs/promises'
import { root, stale } from './docs/files.ts'

// `npm run docs` renews what is generated under docs/. With --check it only lists what is stale, and fails. With --release it
// writes down the schemas of the events, the consumers and relays, and the stacks as those of a release, which later ones are held
// against.
const check = process.argv.includes('--check')
const files = process.argv.includes('--release')
  ? (await import('./docs/released-files.ts')).releasedFiles()
  : await stale()
for (const { path, text } of files) {
  if (check) console.error(`${path} is stale: renew it with \`npm run docs\`.`)
  else {
    await writeFile(new URL(path, root), text)
    console.log(`${path} renewed`)
  }
}
if (check && files.length > 0) process.exitCode = 1
