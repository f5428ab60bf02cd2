// Which part of the Saved view is shown: requests or environments.
import { signal } from '@preact/signals'

export const savedPart = signal<'requests' | 'environments'>('requests')
