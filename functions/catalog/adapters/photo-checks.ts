import type { PhotoPlace } from './photo-bucket.ts'

/** The queue of checks. */
export interface PhotoChecks {
  /** Asks for a check of what was sent for a photo, as its bucket does. */
  ask(place: PhotoPlace): Promise<void>
}
