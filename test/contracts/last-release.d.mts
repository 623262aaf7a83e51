/** The bundle of the last release has the form of this one's source. */
export { logger, metrics, thisRelease } from '../simulation/engine/this-release.ts'
