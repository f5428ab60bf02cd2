// Every error format the extractor knows, most telling first; the first that reads a body wins.
import type { ErrorFormat } from './error-format.ts'
import { awsJson } from './error-formats/aws-json.ts'
import { awsXml } from './error-formats/aws-xml.ts'
import { cloudflare } from './error-formats/cloudflare.ts'
import { fallback } from './error-formats/fallback.ts'
import { github } from './error-formats/github.ts'
import { google } from './error-formats/google.ts'
import { graphql } from './error-formats/graphql.ts'
import { grpc } from './error-formats/grpc.ts'
import { html } from './error-formats/html.ts'
import { jsonApi } from './error-formats/json-api.ts'
import { jsonRpc } from './error-formats/json-rpc.ts'
import { microsoft } from './error-formats/microsoft.ts'
import { namedMembers } from './error-formats/named-members.ts'
import { oauth } from './error-formats/oauth.ts'
import { problemDetails } from './error-formats/problem-details.ts'
import { reddit } from './error-formats/reddit.ts'
import { salesforce } from './error-formats/salesforce.ts'
import { slack } from './error-formats/slack.ts'
import { soap } from './error-formats/soap.ts'
import { stripe } from './error-formats/stripe.ts'
import { twilio } from './error-formats/twilio.ts'
import { xmlError } from './error-formats/xml-error.ts'
import { xmlRpc } from './error-formats/xml-rpc.ts'

export const errorFormats: readonly ErrorFormat[] = [
  grpc,
  problemDetails,
  jsonRpc,
  google,
  graphql,
  cloudflare,
  jsonApi,
  slack,
  oauth,
  stripe,
  github,
  twilio,
  salesforce,
  awsJson,
  soap,
  xmlRpc,
  awsXml,
  microsoft,
  reddit,
  namedMembers,
  xmlError,
  html,
  fallback,
]
