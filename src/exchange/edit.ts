// One change to a request: what a fix proposes, Edit and replay shows, and the API takes.

/** One change to a request; the same list drives Edit and replay, the API and the tests. */
export type Edit =
  | { readonly op: 'set-header'; readonly name: string; readonly value: string }
  | { readonly op: 'remove-header'; readonly name: string }
  | { readonly op: 'set-query'; readonly name: string; readonly value: string }
  | { readonly op: 'remove-query'; readonly name: string }
  | { readonly op: 'rename-query'; readonly name: string; readonly value: string }
  | { readonly op: 'set-json'; readonly pointer: string; readonly value: unknown }
  | { readonly op: 'remove-json'; readonly pointer: string }
  | { readonly op: 'set-method'; readonly value: string }
  | { readonly op: 'set-url'; readonly value: string }
  | { readonly op: 'set-path'; readonly value: string }
  | { readonly op: 'set-body'; readonly text: string }
  | { readonly op: 'set-body'; readonly base64: string }
