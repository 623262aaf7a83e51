import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { settingsOf } from '../../bin/place.ts'
import { chosen } from '../../bin/redrive/dead-letters.ts'
import { destinationsOf } from '../../bin/redrive/destinations.ts'
import { alarmsOn, settle, state } from './control.ts'
import { tables } from './tables.ts'
import { baseUrl, isLocal, signIn, stocked } from './target.ts'

describe.runIf(isLocal)('records that a stream gave up', () => {
  it('alarm while they lie in their bucket, and are published once they are redriven', async () => {
    const settings = await settingsOf({ url: baseUrl, aws: false })
    const clients = { sqs: new SQSClient(settings), s3: new S3Client(settings) }
    const sku = await stocked(await signIn('operator'), 1)
    await settle()
    const before = await publications(sku)
    expect(before).toHaveLength(1)

    const { destinations } = await destinationsOf(clients, 'Holdfast-')
    const { name: Bucket } = chosen(destinations, 'catalog-relaylost')
    const record = { eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage: await itemOf(sku) } }
    const Body = JSON.stringify({ version: '1.0', payload: JSON.stringify({ Records: [record] }) })
    await clients.s3.send(new PutObjectCommand({ Bucket, Key: 'aws/lambda/m/shard/2026/03/01/1', Body }))
    expect(await alarmsOn()).toContainEqual(expect.stringMatching(/^catalog-RelayLostObjects/))

    const now = await destinationsOf(clients, 'Holdfast-')
    const lost = chosen(now.destinations, Bucket)
    expect(lost.depth).toBe(1)
    expect(await lost.redriveTo(lost.target!, () => {})).toBe(1)
    await settle()

    expect(await publications(sku)).toEqual([...before, ...before])
    expect((await alarmsOn()).filter((alarm) => alarm.includes('RelayLost'))).toEqual([])
  })

  /** The ids of the events that are in the product's item. */
  const publications = async (sku: string): Promise<string[]> =>
    (await state()).events
      .filter(({ source, detail }) => source === 'holdfast.catalog' && detail.data['sku'] === sku)
      .map(({ detail }) => detail.id)

  async function itemOf(sku: string) {
    const dynamodb = await tables()
    const TableName = (await state()).tables.find((name) => name.includes('-catalog-'))
    const found = await dynamodb.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `product_${sku}` } },
      }),
    )
    return found.Items?.[0]
  }
})
