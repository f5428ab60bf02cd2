// Every secret an exchange carries, so that no text of a finding repeats one and no edit spells one out.

import { credentialQuery, isSensitiveName } from '../http/secret-names.ts'
import { isObject } from './json-value.ts'
import type { Subject } from './subject.ts'
import { isUnfilled } from './unfilled.ts'

/** Shorter values are too common to be searched for in texts. */
const shortest = 6
const maxDepth = 6
const maxMembers = 2000

/** Characters that spoil a copied credential; a value without them is the same secret. */
const spoilt = /^[\s"'\u00a0\u200b-\u200d\ufeff]+|[\s"'\u00a0\u200b-\u200d\ufeff]+$/g

/** A sentence, a word or a code in words. */
const aboutMember = /^[A-Za-z]+(?:[_.-][A-Za-z]+)*$|^\S*[A-Za-z]+ \S/

/** Longest first, so that a whole secret is replaced before a part of it. */
export function secretsOf(subject: Subject): string[] {
  const found = new Set<string>()
  const add = (value: string): void => {
    for (const form of [value, value.replace(spoilt, ''), lastWord(value)])
      if (form.length >= shortest && !isUnfilled(form)) found.add(form)
  }
  for (const { value, location } of subject.credentials) {
    add(value)
    if (location === 'header' || location === 'userinfo') addBasic(value, add)
    if (location === 'query') add(encodeURIComponent(value))
  }
  for (const pair of subject.query)
    if (isSensitiveName(pair.name) || credentialQuery(pair.name)) {
      add(pair.value)
      add(pair.raw)
    }
  for (const pair of subject.form ?? []) if (isSensitiveName(pair.name)) add(pair.value)
  for (const line of subject.request.headers)
    if (/^(?:cookie|proxy-authorization)$/i.test(line.name))
      for (const part of line.value.split(';')) add(part.slice(part.indexOf('=') + 1).trim())
  for (const line of subject.response?.headers ?? [])
    if (/^set-cookie$/i.test(line.name)) add((line.value.split(';')[0] ?? '').replace(/^[^=]*=/, ''))
  addMembers(subject.request.value, add)
  if (subject.request.value === undefined) addFromText(subject.request.text.slice(0, 65_536), add)
  const { response } = subject
  // Of a refusal, "token": "invalid" and "password": "is too short" are words about a member, not its value.
  const answered = subject.status >= 400 ? (value: string) => aboutMember.test(value) || add(value) : add
  addMembers(response?.value, answered)
  if (response?.declaredJson && response.value === undefined) addFromText(response.text.slice(0, 65_536), answered)
  return [...found].sort((a, b) => b.length - a.length)
}

const lastWord = (value: string): string => value.trim().split(/\s+/).at(-1) ?? ''

function addBasic(value: string, add: (value: string) => void): void {
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(value.trim()) && !value.includes(':')) return
  let plain = value
  try {
    if (!value.includes(':')) plain = atob(value.trim())
  } catch {
    return
  }
  if (!plain.includes(':') || /[\u0000-\u0008]/.test(plain)) return
  add(plain.slice(plain.indexOf(':') + 1))
}

function addMembers(root: unknown, add: (value: string) => unknown): void {
  let left = maxMembers
  const walk = (value: unknown, depth: number): void => {
    if (depth > maxDepth || left <= 0) return
    if (Array.isArray(value)) for (const one of value.slice(0, 50)) walk(one, depth + 1)
    else if (isObject(value))
      for (const [name, member] of Object.entries(value)) {
        if (left-- <= 0) return
        if (typeof member === 'string') {
          if (isSensitiveName(name)) add(member)
        } else walk(member, depth + 1)
      }
  }
  walk(root, 0)
}

/** A body that does not parse still has members to protect. */
function addFromText(text: string, add: (value: string) => unknown): void {
  for (const match of text.matchAll(/["']?([\w-]{2,40})["']?\s*[:=]\s*["']?([^"'\s,&}]{6,})/g))
    if (isSensitiveName(match[1] ?? '')) add(match[2] ?? '')
}
