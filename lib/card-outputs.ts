/** What the stack of payments puts out of a card provider that is asked for its list. */
export const cardOutputs = { name: 'CardProviderName', secret: 'CardProviderSecretArn' } as const
