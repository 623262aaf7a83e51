/** What browsers have and Node does not: codecs hand pixels over in it. */
class Picture {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data
    this.width = width
    this.height = height
  }
}

/** Gives codecs the class that they make pictures with. */
export function provideImageData(): void {
  const here = globalThis as { ImageData?: unknown }
  here.ImageData ??= Picture
}
