import { type Defect, defect, overwritten } from './defect.ts'

/** Mistakes in webhooks. */
export const webhooksDefects: readonly Defect[] = [
  defect('a pattern of a kind asks for nothing', 'notifications/core/webhooks/matching', 'pattern-match', [
    / \|\| isOfKind\(pattern, name\)/,
    '',
  ]),
  defect(
    'an event that comes again is delivered again',
    'notifications/store/webhooks/delivery-item',
    'delivery-once',
    [/if: 'absent'/, "if: 'any'"],
  ),
  defect('a pump is written whoever has it', 'notifications/store/webhooks/pump-item', 'pump-fence', overwritten),
  defect('a lease holds nobody off', 'notifications/core/webhooks/pump', 'pump-lease', [/now < .*/, 'false']),
  defect('two leases that begin in one moment are the same', 'notifications/on/webhooks/lease', 'pump-holder', {
    value: '0',
  }),
  defect('an attempt is begun however late it is', 'notifications/on/webhooks/run', 'last-start', [
    / - lastStartMs/,
    '',
  ]),
  defect('what is queued goes to an endpoint that is off', 'notifications/on/webhooks/attempt', 'sent-while-paused', {
    test: '!endpoint',
  }),
  defect('who is on again has the failures of before', 'notifications/core/webhooks/endpoint', 'fresh-count', [
    /isSwitchedOn \? 1 : 0/,
    '0',
  ]),
  defect('a secret signs after its time', 'notifications/core/webhooks/endpoint', 'overlap-secret', [
    /until > now/,
    'until > 0',
  ]),
  defect('a dead receiver is tried for each delivery', 'notifications/core/webhooks/pump', 'breaker-open', [
    /failures >= failuresToOpen/,
    'failures > 1000',
  ]),
  defect('five failures switch an endpoint off', 'notifications/core/webhooks/pump', 'hopeless-after', [
    / && now - failingSince >= hopelessMs/,
    '',
  ]),
  defect(
    'an attempt of before ends what is asked for again',
    'notifications/core/webhooks/delivery',
    'delivery-round',
    [/ \|\| delivery\.round !== round/, ''],
  ),
  defect('what is asked for again is given up as too late', 'notifications/core/webhooks/delivery', 'given-up-round', [
    / && delivery\.round === round/,
    '',
  ]),
]
