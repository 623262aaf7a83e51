import { expect, test } from 'vitest'
import { patched } from '../../functions/users/core/user.ts'

const profile = { name: 'Ada', preferences: { news: true, theme: 'dark' } }

test.each([
  ['no field', {}],
  ['the name that it has', { name: 'Ada' }],
  ['preferences that it has', { preferences: { theme: 'dark' } }],
  ['no preference, where it has one not', { preferences: { letters: null } }],
])('a profile is the very same after a patch of %s', (_, patch) => {
  expect(patched(profile, patch)).toBe(profile)
})

test.each([
  [
    'one of two preferences',
    { preferences: { theme: 'light' } },
    { ...profile, preferences: { news: true, theme: 'light' } },
  ],
  ['one preference less', { preferences: { theme: null } }, { ...profile, preferences: { news: true } }],
  [
    'one preference more',
    { preferences: { letters: false } },
    { ...profile, preferences: { ...profile.preferences, letters: false } },
  ],
  ['the last preferences', { preferences: null }, { name: 'Ada' }],
  ['the name', { name: null }, { preferences: profile.preferences }],
])('a profile changes by a patch of %s', (_, patch, expected) => {
  expect(patched(profile, patch)).toEqual(expected)
})
