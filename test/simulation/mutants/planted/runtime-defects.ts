import { type Defect, defect, overwritten } from './defect.ts'

/** Mistakes with events, keys and users. */
export const runtimeDefects: readonly Defect[] = [
  defect('an adjustment forgets its idempotency key', 'runtime/idempotent-commit', 'key-record', [
    /, \.\.\.\(.*\)(?=\))/,
    '',
  ]),
  defect('a key takes any body', 'runtime/idempotent-commit', 'key-hash', [/!== \w+/, '=== undefined']),
  defect('who loses the race for a key is answered as who won', 'runtime/idempotent-commit', 'key-race', [
    /\w+\)$/,
    "{ ...kept, hash: String(found['hash']) })",
  ]),
  defect('a key is bound to what was done already', 'runtime/idempotent-commit', 'key-binding', {
    value: '{ ok: false, failed: [] }',
  }),
  defect('consumers acknowledge what failed', 'runtime/events', 'event-failure', 'drop'),
  defect('an outage is parked like poison', 'runtime/events', 'outage-age', 'never'),
  defect('an event that always fails is never parked', 'runtime/events', 'last-try', { value: 'false' }),
  defect('what is not an event waits for the next release', 'runtime/redelivery', 'poison-type', [
    / \? new Error\(why\)/,
    ' ? new NotKnownYet(why)',
  ]),
  defect('spilled records that cannot be published are forgotten', 'runtime/relay', 'spill-failure', 'drop'),
  defect('a provider that is back is not noticed for a day', 'payments/core/next-sweep', 'payment-distance', {
    value: '86_400_000',
  }),
  defect('what the next release knows is parked at once', 'runtime/events', 'not-known-yet', [
    /await .*/,
    'await park(record, String(read))',
  ]),
  defect('an event that only the next release knows is parked at once', 'runtime/subscription', 'event-unknown', [
    /new NotKnownYet\((.*)\)/,
    '$1',
  ]),
  defect('a value that only the next release knows is parked at once', 'runtime/redelivery', 'poison-type', [
    /some\(.*?\) \?/,
    'length > 0 ?',
  ]),
  defect('a value that only the next release knows is acknowledged', 'runtime/events', 'not-known-yet', [
    /await .*/,
    "read.message.startsWith('detail of') || (await retry(record, read))",
  ]),
  defect('an event that only the next release knows is acknowledged', 'runtime/events', 'not-known-yet', [
    /await .*/,
    "read.message.startsWith('detail of') && (await retry(record, read))",
  ]),
  defect('the relay leaves out what only the next release knows', 'runtime/relay', 'record-unread', [
    /throw \w+/,
    'continue',
  ]),
  defect('the relay parks what only the next release knows', 'runtime/relay', 'record-unread', 'never'),
  defect('a record that leaves its stream is not put into the spill queue', 'runtime/relay', 'record-spilled', 'drop'),
  defect('poison is thrown away', 'runtime/events', 'poison-parked', [/await .*/, 'continue']),
  defect('poison that could not be parked is thrown away', 'runtime/events', 'poison-failure', 'drop'),
  defect('nobody waits for what is on its way', 'runtime/arrivals', 'arrival-wait', { value: '0' }),
  defect('old news of a user replaces new', 'runtime/known-users', 'user-version', [/>=/, '===']),
  defect('a user is written over whatever is there', 'runtime/known-users', 'user-write', overwritten),
  defect('consumers believe every source', 'runtime/subscription', 'event-source', [/\.find\(.*\)(?= \?\?)/, '[0]']),
  defect('rules let each source publish what others may publish', 'runtime/subscription', 'rule-source', {
    value: '[...new Set(consumes.map(sourceOf))]',
  }),
  defect('one failure takes the rest of the batch as done', 'runtime/events', 'batch-failure', { code: `return []` }),
  defect('events that the bus did not take are forgotten', 'runtime/bus.eventbridge', 'bus-entry', 'always'),
  defect('the relay goes on behind what it could not publish', 'runtime/relay', 'relay-stop', 'drop'),
  defect('the relay takes an error of the bus for success', 'runtime/relay', 'bus-error', { value: '[]' }),
  defect('events of two versions have one id', 'runtime/relay', 'event-id', [/\$\{\w+\.version\}/, '1']),
  defect('who waits for his order is a stranger to it', 'runtime/order-access', 'order-access', [/true/, 'false']),
  defect('a record that no event can be made of is thrown away', 'runtime/relay', 'record-parked', 'drop'),
  defect('a record that no event can be made of is tried for ever', 'runtime/relay', 'record-unread', 'always'),
]
