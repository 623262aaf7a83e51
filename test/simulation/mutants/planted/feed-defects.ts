import { type Defect, defect, unconditional } from './defect.ts'

/** Mistakes in the feed. */
export const feedDefects: readonly Defect[] = [
  defect('a page of the feed is put over another one', 'notifications/on/feed', 'feed-append', unconditional),
  defect('nobody looks whether the feed has an event', 'notifications/on/feed', 'feed-look', [
    /=== true/,
    '=== undefined',
  ]),
  defect('a copy is looked for behind its own delivery', 'notifications/on/feed', 'feed-from', {
    value: 'head.number',
  }),
  defect('a copy marks its event anew', 'notifications/core/feed-marks', 'feed-first-mark', { value: 'digests' }),
  defect('marks of the feed are written over whatever is there', 'notifications/store/feed-mark-item', 'feed-mark', [
    /if: over\(found\)/,
    "if: 'any'",
  ]),
  defect('what was looked at in vain is looked at anew', 'notifications/on/feed', 'feed-far-behind', {
    code: 'if (looked >= mostPages) await raiseMarks(deps, open)',
  }),
  defect('pages of the feed have the time of their writer', 'notifications/on/feed', 'feed-time', {
    value: '[head.number + 1, clock.now()]',
  }),
  defect('the feed takes what its marks have forgotten', 'notifications/on/feed', 'feed-too-old', 'never'),
  defect(
    'a function goes on for weeks from the page that it knows',
    'notifications/store/feed-memory',
    'feed-stale-head',
    {
      test: '!known',
    },
  ),
  defect('the last page is forgotten with its pages', 'notifications/store/feed-head', 'feed-keep-head', 'drop'),
  defect('pages of the feed are read as they were', 'notifications/store/feed-page-item', 'feed-read', [
    /, \{ consistent: true \}/,
    '',
  ]),
  defect('readers of the feed pass over a page that is not there yet', 'notifications/store/feed-read', 'feed-hole', {
    code: 'if (page === undefined) continue',
  }),
  defect('readers of the feed get the last event once more', 'notifications/store/feed-read', 'feed-index', [
    /next\.index \+ 1/,
    'next.index',
  ]),
  defect('the story of a long order ends where one is missing', 'notifications/store/feed-story', 'feed-story-far', {
    value: 'sought.length',
  }),
]
