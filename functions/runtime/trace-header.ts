/**
 * The trace header of X-Ray (`Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`), cut down to what links
 * need. Undefined for what is none, and where nothing is recorded.
 */
export function sampledHeader(header: string | undefined): string | undefined {
  const { Root, Parent, Sampled } = partsOf(header)
  return Root !== undefined && Parent !== undefined && Sampled === '1'
    ? `Root=${Root};Parent=${Parent};Sampled=1`
    : undefined
}

/** The same trace, of which whoever gets this header records nothing. Undefined for what is no header. */
export function unsampledHeader(header: string | undefined): string | undefined {
  const { Root } = partsOf(header)
  return Root === undefined ? undefined : `Root=${Root};Sampled=0`
}

/** Lambda sets it anew for each invocation. */
export const currentTrace = (): string | undefined => process.env['_X_AMZN_TRACE_ID']

const parts = /^(?:Root=1-[0-9a-f]{8}-[0-9a-f]{24}|Parent=[0-9a-f]{16}|Sampled=[01])$/

function partsOf(header = ''): { readonly Root?: string; readonly Parent?: string; readonly Sampled?: string } {
  return Object.fromEntries(
    header
      .split(';')
      .filter((part) => parts.test(part))
      .map((part) => part.split('=')),
  )
}
