// The table of searchable properties.
export type PropertyName = 'url' | 'domain' | 'path' | 'client'
