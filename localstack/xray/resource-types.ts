import * as z from 'zod'
import { anonymous, resourceType } from '../template/resource-type.ts'

export const xrayTypes = {
  'AWS::XRay::SamplingRule': resourceType(
    z.strictObject({
      SamplingRule: z.strictObject({
        RuleName: z.string().max(32),
        Priority: z.int().min(1).max(9_999),
        FixedRate: z.number().min(0).max(1),
        ReservoirSize: z.literal(0),
        ServiceName: z
          .string()
          .max(64)
          .regex(/^[^*?]*\*$/, 'the beginning of a name, and a *'),
        ServiceType: z.literal('AWS::Lambda::Function'),
        Host: z.literal('*'),
        HTTPMethod: z.literal('*'),
        URLPath: z.literal('*'),
        ResourceARN: z.literal('*'),
        Version: z.literal(1),
      }),
    }),
    anonymous,
  ),
}
