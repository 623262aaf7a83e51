/** A checked event pattern. */
export interface Pattern {
  matches(event: unknown): boolean
}

/**
 * Reads an event pattern of an EventBridge rule, or of the filter criteria of a Lambda event source.
 * Throws AwsError `InvalidEventPatternException` naming the path and what is wrong there.
 */
export declare function compilePattern(pattern: unknown): Pattern
