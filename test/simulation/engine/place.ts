/** Where everything is. */
export const place = { account: '000000000000', region: 'eu-west-1' }

export const arn = (kind: string, name: string): string => `arn:aws:${kind}:${place.region}:${place.account}:${name}`
