import { type Defect, defect, overwritten } from './defect.ts'

/** Mistakes in inboxes. */
export const notificationsDefects: readonly Defect[] = [
  defect('a step is another one when it is emitted again', 'orders/outbox-events', 'status-since', 'drop'),
  defect('a warning is planned for an order that is over', 'notifications/store/warning-item', 'warning-late', [
    /if: 'absent'/,
    "if: 'any'",
  ]),
  defect('who has paid is warned', 'notifications/on/order', 'warning-over', 'drop'),
  defect('who pays while the warning is written is warned', 'notifications/store/warning-item', 'warning-sent', [
    /if: \{[^}]*\}/,
    "if: 'any'",
  ]),
  defect('an end looks like the warning before it', 'notifications/store/warning-item', 'over-version', [
    /overVersion/,
    '1',
  ]),
  defect('a warning comes after the end of the hold', 'notifications/on/due', 'warning-too-late', { value: 'false' }),
  defect(
    'what is read is written over whatever is there',
    'notifications/store/reader-item',
    'reader-write',
    overwritten,
  ),
  defect('an older contact takes the place of a newer one', 'notifications/on/user', 'contact-version', 'never'),
  defect('a mail that could not be sent is forgotten', 'notifications/adapters/mailing', 'mail-again', [
    /\[\{.*\}\]/,
    '[]',
  ]),
  defect('a warning is mailed of what is over', 'notifications/adapters/mailing', 'mail-over', 'never'),
]
