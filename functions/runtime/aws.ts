/**
 * Settings of every AWS client: a connection within 1 s, an answer within 3 s, 3 attempts. Without `throwOnRequestTimeout` the SDK
 * only warns when an answer is late, and waits on.
 */
export const clientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const

/** Settings of the store's client: one attempt a call, because the store must know of each attempt whether it may have been applied. */
export const storeClientSettings = { ...clientSettings, maxAttempts: 1 } as const
