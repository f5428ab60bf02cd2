// Whether a request selects other members, or asks for another format, than those its endpoint is known by.
import type { Context } from './context.ts'
import type { Subject } from './subject.ts'

/** Query members that choose what comes back. */
const selects =
  /^(?:fields?|select|include|expand|embed|view|part|projection|excludes?|omit|columns|attributes|\$select|\$expand)$/i

/** Another selection or another Accept explains an absence. */
export function asksOtherwise(subject: Subject, context: Context): boolean {
  const { baseline } = context
  if (subject.query.some(({ name, value }) => selects.test(name) && baseline?.query.get(name)?.value !== value))
    return true
  const accept = subject.request.header('accept')
  return (
    accept !== undefined && baseline !== undefined && baseline.accepts.length > 0 && !baseline.accepts.includes(accept)
  )
}
