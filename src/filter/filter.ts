// The filter language's syntax tree: what every part of Telltale that selects exchanges passes around.
export type Filter = { readonly kind: 'all' }
