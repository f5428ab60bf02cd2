// A page for people where a program expects data.
import { answeredBy } from '../../answered-by.ts'
import { requestHeader, responseHeader, status } from '../../evidence.ts'
import { beginsLikeHtml, htmlText, inside } from '../../html-page.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { isJsonType, isXmlType } from '../../side.ts'

export const htmlInsteadOfApi: Rule = {
  id: 'response/html-instead-of-api',
  rank: 1,
  level: 'error',
  title: 'The answer is a web page, not data',
  summary:
    'Fires when the body begins like HTML although the client asked for something else or the endpoint usually answers something else. Looks at the body, never only at the label, and names who writes such pages.',
  references: [rfc9110('12.5.1', 'Accept')],
  needs: ['response-other'],
  scope: 'exchange',
  check(subject, context) {
    const { response, request } = subject
    if (
      !response?.hasBody ||
      response.truncated ||
      response.octets[0] === undefined ||
      !beginsLikeHtml(response.text, true)
    )
      return undefined
    const accept = request.header('accept') ?? ''
    const wantsData = accept !== '' && !/text\/html|\*\/\*|text\/\*|xhtml/i.test(accept)
    const usual = context.baseline?.usualMediaType ?? ''
    const isUsual = usual === 'text/html' || usual === 'application/xhtml+xml'
    const usuallyData = isJsonType(usual) || isXmlType(usual)
    const sentData = request.declaredJson
    if (isUsual || request.header('sec-fetch-mode') === 'navigate') return undefined
    if (!wantsData && !usuallyData && !(sentData && subject.outcome.is === 'failure') && !response.declaredJson)
      return undefined
    const failed = subject.outcome.is === 'failure'
    const { product } = answeredBy(subject)
    const title = htmlText(inside(response.text.slice(0, 20_000), 'title'))
    return {
      level: failed ? 'error' : 'warning',
      // The status, where there is one, says more about the cause than the format of the page.
      ...(failed ? { rank: 2 as const } : {}),
      confidence: failed ? 0.6 : 0.9,
      mayLead: !failed || subject.outcome.by === 'body',
      brief: 'A web page, not data',
      explanation: `The client expects ${wantsData ? accept : usuallyData ? usual : 'data'} and got a page${title === '' ? '' : ` titled “${title.slice(0, 80)}”`}.${product ? ` It looks like one of ${product}.` : ''} Something in front of the API answered, the address leads to the web site instead of the API, or a login page was shown.`,
      evidence: [
        status(subject),
        responseHeader(subject, 'Content-Type', context),
        requestHeader(subject, 'Accept', context),
      ],
      fix: {
        kind: 'advice',
        text: 'Check the host and the base path, and whether a proxy or firewall stands in between.',
      },
    }
  },
  examples: [
    {
      name: 'a page where JSON was asked for',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Accept: 'application/json' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '<!DOCTYPE html><html><title>Welcome</title></html>',
        },
      ],
    },
    {
      name: 'JSON labelled as HTML',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Accept: 'application/json' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '{"a":1}',
        },
      ],
    },
    {
      name: 'a browser that navigates',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Accept: 'text/html,*/*' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '<!DOCTYPE html><html></html>',
        },
      ],
    },
    {
      name: 'an endpoint that always answers a page',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/terms',
          headers: { Accept: 'application/json' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '<html><title>Terms</title></html>',
          times: 5,
        },
      ],
    },
  ],
}
