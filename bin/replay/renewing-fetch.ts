/**
 * A `fetch` that signs in again once `token` has ended, which moving the clock of the local stack makes it do, and sends the request once
 * more: of a request that was refused so, nothing was done. Requests at once share one sign-in. Requests with other tokens, or none, pass as
 * they are.
 */
export function renewingFetch(token: string, signIn: () => Promise<string>): typeof fetch {
  let current = token
  let renewal: Promise<void> | undefined
  const renew = async (): Promise<void> => {
    current = await signIn()
  }
  return async (input, init) => {
    const headers = new Headers(init?.headers)
    if (headers.get('authorization') !== `Bearer ${token}`) return fetch(input, init)
    const used = current
    const send = (): Promise<Response> => {
      headers.set('authorization', `Bearer ${current}`)
      return fetch(input, { ...init, headers })
    }
    const answer = await send()
    if (answer.status !== 401) return answer
    await answer.body?.cancel()
    if (current === used) {
      renewal ??= renew().finally(() => {
        renewal = undefined
      })
      await renewal
    }
    return send()
  }
}
