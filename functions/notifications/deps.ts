import type { UpdateDeps } from '../runtime/update.ts'

export type NotificationsDeps = UpdateDeps
