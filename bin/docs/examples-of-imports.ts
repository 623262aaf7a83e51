import { type Example, at, user } from './example-items.ts'

/** An import of a file that is over. */
const fileImport = {
  id: 'imp_01KABCDEFGHJKMNPQRSTVWXYZ0',
  kind: 'products',
  format: 'csv',
  encoding: 'windows-1252',
  state: 'done',
  rows: { read: 4_213, created: 4_100, updated: 90, unchanged: 20, refused: 3 },
  createdAt: at('09:00:00.000'),
  createdBy: user.id,
  updatedAt: at('09:01:12.000'),
  expiresAt: at('10:00:00.000'),
}

/** An import of stock that is over. */
const stockImport = {
  id: 'imp_01KBCDEFGHJKMNPQRSTVWXYZ01',
  kind: 'adjustments',
  format: 'csv',
  encoding: 'utf-8',
  state: 'done',
  rows: { read: 1_204, done: 1_201, refused: 3 },
  createdAt: at('09:00:00.000'),
  createdBy: 'key_4Q7M2X9D5R1W8Z3N6T0V2K4B8C',
  updatedAt: at('09:00:31.000'),
  expiresAt: at('10:00:00.000'),
}

export const examplesOfImports: Readonly<Record<string, Example>> = {
  createImport: {
    request: { kind: 'products', format: 'csv', encoding: 'windows-1252' },
    answer: {
      ...fileImport,
      state: 'waiting',
      rows: { read: 0, created: 0, updated: 0, unchanged: 0, refused: 0 },
      upload: {
        url: 'https://holdfast-prod-catalog-importsfiles.s3.eu-west-1.amazonaws.com/',
        fields: { key: `files/${fileImport.id}`, 'content-type': 'text/csv', Policy: 'eyJleHBpcmF0aW9u…' },
      },
    },
  },
  listImports: { answer: { items: [fileImport] } },
  getImport: {
    answer: {
      ...fileImport,
      resultsUrl:
        'https://holdfast-prod-catalog-importsfiles.s3.eu-west-1.amazonaws.com/results/imp_01KABCDEFGHJKMNPQRSTVWXYZ0.ndjson',
    },
  },
  createStockImport: {
    request: { kind: 'adjustments', format: 'csv' },
    answer: {
      ...stockImport,
      state: 'waiting',
      rows: { read: 0, done: 0, refused: 0 },
      upload: {
        url: 'https://holdfast-prod-inventory-importsfiles.s3.eu-west-1.amazonaws.com/',
        fields: { key: `files/${stockImport.id}`, 'content-type': 'text/csv', Policy: 'eyJleHBpcmF0aW9u…' },
      },
    },
  },
  listStockImports: { answer: { items: [stockImport] } },
  getStockImport: {
    answer: {
      ...stockImport,
      resultsUrl: `https://holdfast-prod-inventory-importsfiles.s3.eu-west-1.amazonaws.com/results/${stockImport.id}.ndjson`,
    },
  },
}
