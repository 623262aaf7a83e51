import { execFileSync } from 'node:child_process'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Home } from '../../schemas/platform.ts'
import { localLogins } from '../../lib/local-logins.ts'
import { baseUrl, isLocal } from '../local/target.ts'
import { browserPath, launch, why } from './chromium.ts'

/** Pictures for the README, made with `PICTURES=docs/pictures npx vitest run test/browser`. */
const pictures = process.env['PICTURES']

describe.skipIf(browserPath === undefined)(`in a browser${why},`, () => {
  let browser: Browser
  let page: Page
  let requests: string[]
  let complaints: string[]

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: 'light' })
    requests = []
    complaints = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text())
    })
  })
  afterEach(() => page.close())

  /** What the page has requested of others than the API, and what the browser has refused or reported. */
  const wrong = (): string[] => [
    ...requests.filter((url) => !url.startsWith(`${baseUrl}/`) && !url.startsWith('data:')),
    ...complaints,
  ]

  const picture = async (name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png` })
  }

  test('the first page shows what runs, the logins, and the way to everything', async () => {
    await page.goto(`${baseUrl}/`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Holdfast')
    for (const { email, password } of isLocal ? localLogins : []) {
      const row = page.getByRole('row').filter({ hasText: email })
      expect(await row.textContent()).toContain(password)
    }
    await picture('home')
    expect(wrong()).toEqual([])
    const links = await Promise.all((await page.getByRole('link').all()).map((link) => link.getAttribute('href')))
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) expect((await fetch(baseUrl + link)).status, String(link)).toBe(200)
  })

  test('the API reference shows the routes, and sends a request to the API that it came from', async () => {
    await page.goto(`${baseUrl}/docs`)
    await page.getByRole('heading', { name: 'Holdfast', exact: true }).waitFor()
    await page.getByRole('button', { name: 'orders' }).click()
    await page.getByText('Place an order').first().waitFor()
    await picture('reference')
    await page.getByRole('button', { name: 'platform' }).click()
    await page.getByText('Whether the API answers').first().click()
    await page
      .getByRole('button', { name: /Test Request.*health/ })
      .first()
      .click()
    const [answer] = await Promise.all([
      page.waitForResponse(`${baseUrl}/health`),
      page.getByRole('button', { name: /^Send/ }).first().click(),
    ])
    expect(answer.status()).toBe(200)
    expect(wrong()).toEqual([])
  })

  test('the API reference shows the events', async () => {
    await page.goto(`${baseUrl}/docs?api=events`)
    await page.getByRole('heading', { name: 'Holdfast events' }).waitFor()
    await page.getByText('orders.publishes').first().waitFor()
    expect(wrong()).toEqual([])
  })
})

test.runIf(isLocal)('a program gets the same as JSON, and the requests to try work as they are written', async () => {
  const { requests, stage } = Home.parse(await (await fetch(baseUrl)).json())
  expect(stage).toBe('local')
  const script = requests.map(({ curl }) => curl).join('\necho\n')
  const [, user = '', products = ''] = execFileSync('bash', ['-c', `${script}\necho`], { encoding: 'utf8' }).split('\n')
  expect(JSON.parse(user)).toMatchObject({ email: localLogins[0]?.email })
  expect(JSON.parse(products)).toMatchObject({ items: expect.any(Array) as unknown })
})

test('the scripts of the reference are compressed, kept by browsers, and only those that there are', async () => {
  const start = await (await fetch(`${baseUrl}/docs/start.js`)).text()
  const [, path = ''] = /import\('\.\/(\S+)'\)/.exec(start)!
  const { status, headers } = await fetch(`${baseUrl}/docs/${path}`)
  expect([status, headers.get('content-encoding'), headers.get('cache-control')]).toEqual([
    200,
    'gzip',
    'public, max-age=31536000, immutable',
  ])
  const plain = await fetch(`${baseUrl}/docs/${path}`, { headers: { 'accept-encoding': 'identity' } })
  expect([plain.headers.get('content-encoding'), (await plain.text()).length]).toEqual([null, expect.any(Number)])
  for (const other of ['none.js', '..%2Findex.mjs', '%2e%2e%2findex.mjs', `${path}.gz`])
    expect((await fetch(`${baseUrl}/docs/${other}`)).status, other).toBe(404)
})
