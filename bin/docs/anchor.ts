/** A link to a heading of the same document, as GitHub names its anchors. */
export const linkTo = (heading: string): string => `[\`${heading}\`](#${anchorOf(heading)})`

/** The anchor of a heading: lower case, without punctuation, hyphens for blanks. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
