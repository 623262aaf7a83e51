import { Code } from 'aws-cdk-lib/aws-lambda'
import { holdfast } from '../lib/app.ts'
import { bundle, bundleOf } from '../lib/bundle.ts'
import { entries } from '../lib/entries.ts'
import { forEmulator, stageOf } from '../lib/stages.ts'

// The CLI hands `-c stage=prod` over in this variable.
const context = JSON.parse(process.env['CDK_CONTEXT_JSON'] ?? '{}') as { stage?: string }
const stage = stageOf(context.stage ?? process.env['HOLDFAST_STAGE'] ?? 'dev')
// Only the CLI, which deploys, sets this variable.
if (stage.name === 'local' && process.env['CDK_CLI_VERSION'] !== undefined)
  throw new Error('Stage local runs on a laptop alone, by npm start: deploy dev or prod.')

await bundle(entries)
holdfast({
  stage: process.env['HOLDFAST_EMULATOR'] === '1' ? forEmulator(stage) : stage,
  code: (entry) => Code.fromAsset(bundleOf(entry)),
  outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out',
}).synth()
