import { Agent, request } from 'node:http'
import { AwsError } from '../endpoint/aws-error.ts'

/** An answer of the emulator. */
interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** The DynamoDB emulator, over its JSON protocol. */
export class DynamoEmulator {
  private readonly endpoint: string
  private readonly agent = new Agent({ keepAlive: true })

  constructor(endpoint: string) {
    this.endpoint = endpoint
  }

  /** Calls an operation of `DynamoDB` or `DynamoDBStreams`. Throws AwsError with the whole answer, such as its `CancellationReasons`. */
  async call(
    operation: string,
    input: Readonly<Record<string, unknown>>,
    api: 'DynamoDB' | 'DynamoDBStreams' = 'DynamoDB',
  ): Promise<Readonly<Record<string, unknown>>> {
    const { status, body } = await this.send(`${api}_20120810.${operation}`, JSON.stringify(input))
    if (status === 200) return body
    const { __type: type = 'InternalServerError', message, Message = '' } = body as Readonly<Record<string, string>>
    throw new AwsError(type.slice(type.lastIndexOf('#') + 1), message ?? Message, status, body)
  }

  stop(): void {
    this.agent.destroy()
  }

  private send(target: string, body: string): Promise<Answer> {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': target,
      'x-amz-date': '20000101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
    }
    return new Promise((resolve, reject) => {
      const outgoing = request(this.endpoint, { method: 'POST', agent: this.agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 500, body: JSON.parse(text) as Answer['body'] })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
