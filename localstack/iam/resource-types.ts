import * as z from 'zod'
import { anonymous, idOf, inert, nameOf, resourceType, text } from '../template/resource-type.ts'

export const PolicyDocument = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.array(z.record(z.string(), z.unknown())),
})

export const iamTypes = {
  'AWS::IAM::Role': resourceType(
    z.strictObject({
      RoleName: z.string().optional(),
      AssumeRolePolicyDocument: PolicyDocument,
      ManagedPolicyArns: z.array(z.string()).default([]),
      Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument })).default([]),
      Path: z.string().optional(),
      Description: inert,
      MaxSessionDuration: inert,
      Tags: inert,
    }),
    (naming) => {
      const name = nameOf(naming, 'RoleName', 64)
      const arn = `arn:aws:iam::${naming.place.account}:role${text(naming.property('Path')) ?? '/'}${name}`
      return { name, arn, ref: name, attributes: { Arn: arn, RoleId: `AROA${idOf(naming, 17).toUpperCase()}` } }
    },
  ),
  'AWS::IAM::Policy': resourceType(
    z.strictObject({ PolicyName: z.string(), PolicyDocument, Roles: z.array(z.string()) }),
    anonymous,
  ),
  'AWS::IAM::ManagedPolicy': resourceType(
    z.strictObject({
      ManagedPolicyName: z.string().optional(),
      PolicyDocument,
      Roles: z.array(z.string()).default([]),
      Description: inert,
      Path: z.string().optional(),
    }),
    (naming) => {
      const name = nameOf(naming, 'ManagedPolicyName', 128)
      const arn = `arn:aws:iam::${naming.place.account}:policy${text(naming.property('Path')) ?? '/'}${name}`
      return { name, arn, ref: arn, attributes: { PolicyArn: arn } }
    },
  ),
} as const
