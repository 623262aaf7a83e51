import { DescribeStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { Service } from '../schemas/contract.ts'

/** Where a command works: the local stack, another AWS endpoint, or AWS itself. */
export const placeOptions = {
  url: { type: 'string' },
  endpoint: { type: 'string' },
  aws: { type: 'boolean', default: false },
  stage: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

export const placeUsage = `    --url URL        the local stack (default: http://localhost:4000, or the port in PORT)
    --endpoint URL   any other AWS endpoint, such as an emulator's
    --aws            AWS itself, by the credentials and region of the environment
    --stage NAME     the stage there (default: dev, or local for the local stack)`

export interface Place {
  readonly url?: string | undefined
  readonly endpoint?: string | undefined
  readonly aws: boolean
  readonly stage?: string | undefined
}

/** Settings of AWS clients. */
export interface ClientSettings {
  readonly endpoint?: string
  readonly region?: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** A stage that was found, with what its platform stack has put out. */
export interface FoundStage {
  readonly stage: string
  readonly settings: ClientSettings
  /** By their names: `ApiUrl`, `UserPoolId`, `EventBusName`. */
  readonly outputs: Readonly<Record<string, string>>
  /** What the stack of a service has put out. Throws an error of one line where it is not there. */
  readonly outputsOf: (service: Service) => Promise<Readonly<Record<string, string>>>
  /** The time there, in milliseconds since 1970. */
  readonly now: number
}

interface LocalState {
  readonly now: string
  readonly endpoint: string
  readonly region: string
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Settings of the AWS clients there. Throws an error of one line where no local stack answers. */
export const settingsOf = async (place: Place): Promise<ClientSettings> =>
  isRemote(place) ? remoteSettings(place) : localSettings(await localState(place))

/** The stage there. Throws an error of one line where it is not. */
export async function stageAt(place: Place): Promise<FoundStage> {
  if (!isRemote(place)) {
    const state = await localState(place)
    const [stack = '', outputs = {}] = Object.entries(state.outputs).find(([name]) => name.endsWith('-platform')) ?? []
    const stage = stack.split('-').at(1) ?? ''
    if (place.stage !== undefined && place.stage !== stage)
      throw new Error(`The local stack runs stage ${stage}: for ${place.stage} pass --aws.`)
    const outputsOf = async (service: Service) => state.outputs[`Holdfast-${stage}-${service}`] ?? {}
    return { stage, settings: localSettings(state), outputs, outputsOf, now: Date.parse(state.now) }
  }
  const { stage = 'dev' } = place
  const settings = remoteSettings(place)
  const outputsOf = (stack: string) => remoteOutputs(settings, `Holdfast-${stage}-${stack}`)
  return { stage, settings, outputs: await outputsOf('platform'), outputsOf, now: Date.now() }
}

async function remoteOutputs(settings: ClientSettings, StackName: string): Promise<Readonly<Record<string, string>>> {
  const { Stacks = [] } = await new CloudFormationClient(settings)
    .send(new DescribeStacksCommand({ StackName }))
    .catch((cause: unknown) => {
      throw new Error(`There is no stack ${StackName}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      })
    })
  const outputs = (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])
  return Object.fromEntries(outputs) as Record<string, string>
}

const isRemote = ({ aws, endpoint }: Place): boolean => aws || endpoint !== undefined

const remoteSettings = ({ endpoint }: Place): ClientSettings => (endpoint === undefined ? {} : { endpoint })

const localSettings = ({ endpoint, region }: LocalState): ClientSettings => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
})

async function localState({ url = `http://localhost:${process.env['PORT'] ?? 4_000}` }: Place): Promise<LocalState> {
  const answer = await fetch(`${url}/_local/state`).catch(() => undefined)
  if (!answer?.ok) throw new Error(`No local stack answers at ${url}: npm start, or pass --url, --endpoint or --aws.`)
  return (await answer.json()) as LocalState
}
