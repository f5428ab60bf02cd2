// The endpoint an exchange belongs to, by what it says itself and what earlier traffic taught about its paths.
import { type EndpointKey, foldIds, plainEndpoint } from './endpoint-key.ts'
import type { Learned } from './learned.ts'
import { operationOf } from './operation.ts'
import type { Reading } from './reading.ts'

export function endpointOf(reading: Reading, learned: Learned = {}): EndpointKey {
  const { method, origin, path } = reading
  const plain = learned.endpointOf?.(method, origin, path) ?? plainEndpoint(method, origin, foldIds(path).join('/'))
  const operation = operationOf(reading)
  return operation === '' ? plain : { ...plain, key: `${plain.key}#${operation}`, operation }
}
