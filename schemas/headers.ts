/** What a client may send beside the headers of every request; a web page of another origin as well. */
export const requestHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Prefer',
] as const

/** What answers carry for programs to read, and a web page of another origin may see. */
export const answerHeaders = [
  'Apigw-Requestid',
  'ETag',
  'Idempotent-Replayed',
  'Location',
  'Preference-Applied',
  'Retry-After',
  'WWW-Authenticate',
] as const
