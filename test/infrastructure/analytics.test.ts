import { describe, expect, it } from 'vitest'
import { stages } from '../../lib/stages.ts'
import { deploymentOf } from './templates.ts'

describe('the reports of a stage', () => {
  it('are refused with a time zone that nobody knows', () => {
    expect(() => deploymentOf({ ...stages.dev, timeZone: 'Europe/Atlantis' })).toThrow('Europe/Atlantis')
  })

  it('have the days of its time zone', () => {
    const tokyo = deploymentOf({ ...stages.dev, timeZone: 'Asia/Tokyo' })
    const zones = tokyo
      .of('AWS::Lambda::Function')
      .filter(({ service }) => service === 'analytics')
      .map(({ properties }) => properties.Environment.Variables.TIME_ZONE as string | undefined)
    expect(zones.filter((zone) => zone !== undefined)).toEqual(['Asia/Tokyo', 'Asia/Tokyo'])
  })
})
