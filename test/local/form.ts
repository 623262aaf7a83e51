interface Form {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

/** Posts a file to the form of an import, with some of its fields changed, and returns the status. */
export async function postTo(
  form: Form | undefined,
  file: string | Uint8Array<ArrayBuffer>,
  changed: Readonly<Record<string, string>> = {},
): Promise<number> {
  const body = new FormData()
  for (const [name, value] of Object.entries({ ...form?.fields, ...changed })) body.append(name, value)
  body.append('file', new Blob([file]))
  return (await fetch(form!.url, { method: 'POST', body })).status
}

/** The results of the rows of an import that is over. */
export async function resultsAt<Result>(url: string | undefined): Promise<readonly Result[]> {
  const text = await (await fetch(url!)).text()
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result)
}
