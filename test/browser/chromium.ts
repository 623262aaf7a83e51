import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A browser of this machine, which CHROMIUM can name; undefined where there is none. */
export const browserPath: string | undefined = [process.env['CHROMIUM'] ?? '', ...places].find((path) =>
  existsSync(path),
)

export const why = browserPath ? '' : ' (skipped: no Chromium here; apt-get install chromium, or name one in CHROMIUM)'

// Root has no sandbox in containers, and these pages are our own.
export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] })
