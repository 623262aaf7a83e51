import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { parseArgs } from 'node:util'
import { settingsOf } from './place.ts'
import { deleteStacks, deletionOf, existing, keptOf, stackNamesOf } from './teardown/stacks.ts'

const usage = `Deletes the stacks of a stage, termination protection or not. Lists what stays, with the commands that delete it.

  npm run teardown -- --stage dev
    --stage NAME     the stage
    --yes NAME       its name again: without it nothing is deleted, and what would be is listed
    --endpoint URL   another AWS endpoint, such as an emulator's; otherwise credentials and region of the environment
`

const options = {
  stage: { type: 'string' },
  yes: { type: 'string' },
  endpoint: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  const { stage, yes, endpoint } = values
  if (values.help) return console.log(usage)
  if (stage === undefined) throw new Error(`--stage is missing.\n\n${usage}`)
  const settings = await settingsOf({ aws: true, endpoint })
  const client = new CloudFormationClient(settings)
  const s3 = new S3Client({ ...settings, forcePathStyle: endpoint !== undefined })
  const names = await existing(client, stackNamesOf(stage))
  if (names.length === 0) return console.log(`There are no stacks of stage ${stage}.`)
  const kept = (await Promise.all(names.map((name) => keptOf(client, name)))).flat()
  if (yes === stage) await deleteStacks(client, s3, names, (line) => console.log(line))
  else
    console.log(
      `These stacks would be deleted; to do it, add --yes ${stage}:\n${names.map((name) => `  ${name}`).join('\n')}`,
    )
  if (kept.length === 0) return console.log('Nothing stays.')
  return console.log(`These stay, with their data. To delete one for good:\n${kept.map(deletionOf).join('\n')}`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
