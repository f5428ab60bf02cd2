// Tells a variable that was never filled in, which is no secret, from a value.

const wholeWord = /^(?:undefined|null|none|nil|nan|\[object object\]|true|false)$/i
const bracketed = /^[<{[$%].*[>}\]%]$/
const asked = /^(?:your|insert|replace|change)[-_ ]?[a-z_ -]{2,40}$/i

/** `undefined`, `{{token}}`, `<api-key>`, `YOUR_API_KEY`: the whole value is what stands in its place. */
export const isUnfilled = (value: string): boolean =>
  wholeWord.test(value) || (value.length < 60 && bracketed.test(value)) || asked.test(value)
