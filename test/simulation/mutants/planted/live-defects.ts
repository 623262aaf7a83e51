import { type Defect, defect, overwritten } from './defect.ts'

/** Mistakes in live updates. */
export const liveDefects: readonly Defect[] = [
  defect('news go back behind what was sent', 'notifications/core/sequence', 'live-forward', [
    /sequence < sent\.sequence/,
    'false',
  ]),
  defect('two send the news of one order at once', 'notifications/core/turn', 'live-turn', { value: 'false' }),
  defect('what was begun counts as not begun', 'notifications/core/turn', 'live-begun', [/\.filter\(.*\)/, '']),
  defect('who sends leaves the own event to itself', 'notifications/core/turn', 'live-doubtful', 'drop'),
  defect('what came meanwhile is not sent', 'notifications/core/turn', 'live-waiting', { value: '[]' }),
  defect('a turn is written over whatever is there', 'notifications/store/live-items', 'live-turn-write', overwritten),
  defect('who follows is read from a copy that is behind', 'notifications/store/live-items', 'live-query', [
    /consistent: true/,
    'consistent: false',
  ]),
  defect('one of two signs that a connection is gone is known', 'notifications/adapters/connections', 'live-gone', [
    / \|\| .*/,
    '',
  ]),
  defect('news come before the state', 'notifications/routes/follow', 'live-starting', [/'starting'/, "'active'"]),
  defect('what has waited for the state is lost', 'notifications/routes/follow', 'live-drain', {
    code: 'waiting = []',
  }),
  defect('who began to follow meanwhile is passed over', 'notifications/on/followed', 'live-audience', {
    value: 'audience',
  }),
  defect('what comes in the turn of another is lost', 'notifications/on/followed', 'live-left', [
    /'turns' in entered/,
    "entered.as === 'taken'",
  ]),
  defect('a frame that failed counts as sent', 'notifications/on/followed', 'live-send-failed', 'drop'),
  defect('who may no longer see an order gets its news', 'notifications/on/followed', 'live-may-see', 'drop'),
  defect('a subscription that never started stays', 'notifications/on/followed', 'live-start-failed', 'drop'),
  defect('news of a subscription that has just started are lost', 'notifications/on/followed', 'live-keep', 'drop'),
  defect('what the state has in it is sent again', 'notifications/on/followed', 'live-sent-before', 'drop'),
  defect('a frame of which nothing is known counts as sent', 'notifications/on/followed', 'live-late', 'drop'),
  defect('a follower of all orders stays when it is gone', 'notifications/on/followed', 'live-group-left', 'drop'),
  defect('a token that has ended still opens', 'runtime/standing', 'live-token-end', 'drop'),
]
