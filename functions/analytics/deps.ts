import type { UpdateDeps } from '../runtime/update.ts'
import type { Days } from './adapters/days.ts'

export interface AnalyticsDeps extends UpdateDeps {
  readonly days: Days
}
