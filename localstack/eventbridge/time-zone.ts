/** Changes of the clocks are smaller than this. */
const longestShiftMs = 3 * 3_600_000

/** Milliseconds that the wall clock of a zone (IANA name) is ahead of UTC. */
function offsetAt(time: number, zone: string): number {
  if (zone === 'UTC') return 0
  const name =
    formatOf(zone)
      .formatToParts(time)
      .find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /GMT([+-])(\d+)(?::(\d+))?(?::(\d+))?/.exec(name) ?? []
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  return sign === '-' ? -size : size
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  formats.set(zone, format)
  return format
}

export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/**
 * The time of `YYYY-MM-DDThh:mm:ss` on a zone's wall clock: the first one if clocks are set back over it, the one after the gap if they are
 * set forward over it. Undefined if there is no such date.
 */
export function instantOf(local: string, zone: string): number | undefined {
  const wall = Date.parse(`${local}Z`)
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== local) return undefined
  const before = wall - offsetAt(wall - longestShiftMs - offsetAt(wall, zone), zone)
  const after = wall - offsetAt(wall + longestShiftMs - offsetAt(wall, zone), zone)
  return [before, after].find((time) => time + offsetAt(time, zone) === wall) ?? before
}

/** Whether the zone's wall clock showed this time once before, because clocks were set back. */
export function isRepeated(time: number, zone: string): boolean {
  const setBack = offsetAt(time - longestShiftMs, zone) - offsetAt(time, zone)
  return setBack > 0 && offsetAt(time - setBack, zone) - offsetAt(time, zone) === setBack
}
