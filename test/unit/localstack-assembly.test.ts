import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadAssembly, resolveTemplates } from '../../localstack/deploy/assembly.ts'

const place = { region: 'us-east-1', account: '000000000000', endpoint: 'http://127.0.0.1:1' }
const queue = (Properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties })

/** The name that a queue gets whose name is this expression. */
function resolved(expression: unknown, more: object = {}): unknown {
  const template = { Resources: { Other: queue(), Queue: queue({ QueueName: expression }) }, ...more }
  return resolveTemplates([{ name: 'S', template }], place)
    .of('AWS::SQS::Queue')
    .find(({ logicalId }) => logicalId === 'Queue')?.name
}

describe('an intrinsic function', () => {
  test.each([
    ['Ref of a resource', { Ref: 'Other' }, 'http://127.0.0.1:1/000000000000/S-Other'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Ref of a parameter', { Ref: 'Given' }, 'by default'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Other', 'QueueName'] }, 'S-Other'],
    ['Fn::GetAtt in its short form', { 'Fn::GetAtt': 'Other.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:S-Other'],
    ['Fn::Sub', { 'Fn::Sub': '${AWS::Partition}-${Other.QueueName}-${!Kept}' }, 'aws-S-Other-${Kept}'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${a}-${Given}', { a: { Ref: 'AWS::Region' } }] }, 'us-east-1-by default'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }]] }, 'a-000000000000'],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'name'] }, 'from the map'],
    ['Fn::Base64', { 'Fn::Base64': 'abc' }, 'YWJj'],
    ['Fn::If', { 'Fn::If': ['Yes', 'yes', 'no'] }, 'yes'],
    ['Fn::If of a condition made of others', { 'Fn::If': ['Neither', 'yes', 'no'] }, 'no'],
  ])('%s is resolved', (_, expression, expected) => {
    const more = {
      Parameters: { Given: { Type: 'String', Default: 'by default' } },
      Mappings: { Map: { 'us-east-1': { name: 'from the map' } } },
      Conditions: {
        Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
        Neither: { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ 'Fn::Or': [{ Condition: 'Yes' }] }] }] },
      },
    }
    expect(resolved(expression, more)).toBe(expected)
  })

  test('AWS::NoValue takes the property away', () => {
    expect(resolved({ Ref: 'AWS::NoValue' })).toBe('S-Queue')
  })

  test.each([
    ['a resource that is not there', { Ref: 'Missing' }, 'Ref "Missing" is not known'],
    ['an export that is not there', { 'Fn::ImportValue': 'nothing' }, 'the export nothing'],
    ['an output that is not there', { 'Fn::GetStackOutput': { StackName: 'A', OutputName: 'B' } }, 'the output A.B'],
    ['a function that is not known', { 'Fn::Cidr': [] }, 'Fn::Cidr is not supported'],
  ])('that names %s is an error', (_, expression, message) => {
    expect(() => resolved(expression)).toThrow(message)
  })

  test.each([
    ['Fn::ImportValue', 'what another stack exports', { 'Fn::ImportValue': 'A:Arn' }],
    [
      'Fn::GetStackOutput',
      'an output of another stack',
      { 'Fn::GetStackOutput': { StackName: 'A', OutputName: 'Arn' } },
    ],
  ])('%s takes %s', (_intrinsic, _what, expression) => {
    const exporting = {
      Resources: { Queue: queue() },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Export: { Name: 'A:Arn' } } },
    }
    const importing = { Resources: { Queue: queue({ QueueName: expression }) } }
    const assembly = resolveTemplates(
      [
        { name: 'A', template: exporting },
        { name: 'B', template: importing },
      ],
      place,
    )
    expect(assembly.of('AWS::SQS::Queue')[1]?.name).toBe('arn:aws:sqs:us-east-1:000000000000:A-Queue')
  })
})

describe('what cannot run here', () => {
  test('is refused in one message, by stack and logical id', () => {
    const template = {
      Resources: {
        Database: { Type: 'AWS::RDS::DBInstance' },
        Fifo: queue({ FifoQueue: true, RedrivePolicy: { deadLetterTargetArn: 'a', maxReceiveCount: 5, byNight: 1 } }),
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'a', ProtocolType: 'REST' } },
        Filter: { Type: 'AWS::Logs::MetricFilter', Properties: { Anything: 1 } },
      },
    }
    const lines = (error: unknown) => (error as Error).message.split('\n').map((line) => line.trim())
    let problems: string[] = []
    try {
      resolveTemplates([{ name: 'S', template }], place)
    } catch (error) {
      problems = lines(error)
    }
    expect(problems).toEqual([
      'The local stack cannot run this app:',
      'S/Database: resource type AWS::RDS::DBInstance',
      'S/Fifo: AWS::SQS::Queue property RedrivePolicy.byNight',
      'S/Fifo: AWS::SQS::Queue property FifoQueue',
      'S/Api: AWS::ApiGatewayV2::Api property ProtocolType: only HTTP and WebSocket APIs',
    ])
  })

  test('is no matter under a condition that does not hold', () => {
    const template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { Fifo: { ...queue({ FifoQueue: true }), Condition: 'Never' } },
    }
    expect(resolveTemplates([{ name: 'S', template }], place).of('AWS::SQS::Queue')).toEqual([])
  })
})

test('a name that AWS would find too long is shortened and stays different from others', () => {
  const long = 'L'.repeat(100)
  const template = { Resources: { [`${long}A`]: queue(), [`${long}B`]: queue() } }
  const names = resolveTemplates([{ name: 'S', template }], place)
    .of('AWS::SQS::Queue')
    .map(({ name }) => name)
  expect(names.map((name) => name.length)).toEqual([80, 80])
  expect(new Set(names).size).toBe(2)
})

describe('a cloud assembly', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-assembly-'))
    mkdirSync(join(folder, 'nested'))
    const write = (path: string, value: unknown) => writeFileSync(join(folder, path), JSON.stringify(value))
    const stack = (templateFile: string, dependencies: string[]) => ({
      type: 'aws:cloudformation:stack',
      properties: { templateFile },
      dependencies,
    })
    write('manifest.json', {
      artifacts: {
        Second: stack('second.json', ['First', 'Second.assets']),
        First: stack('first.json', []),
        'Second.assets': { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
        Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'nested' } },
      },
    })
    write('first.json', { Resources: { One: queue() } })
    write('second.json', { Resources: { Two: queue() } })
    write('assets.json', {
      files: { a: { source: { path: 'asset.a' }, destinations: { here: { objectKey: 'a.zip' } } } },
    })
    write('nested/manifest.json', { artifacts: { Third: stack('third.json', []) } })
    write('nested/third.json', { Resources: { Three: queue() } })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is read with its stacks after those that they depend on, nested ones, and the folders of its assets', () => {
    const assembly = loadAssembly(folder, place)
    expect(assembly.stacks).toEqual(['First', 'Second', 'Third'])
    expect(assembly.of('AWS::SQS::Queue').map(({ name }) => name)).toEqual(['First-One', 'Second-Two', 'Third-Three'])
    expect(assembly.assetFolder('a.zip')).toBe(join(folder, 'asset.a'))
    expect(() => assembly.assetFolder('b.zip')).toThrow('no asset b.zip')
  })
})
