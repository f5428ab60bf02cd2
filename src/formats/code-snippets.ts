// The request as a program in the languages people write clients in; every text in it is a literal, never code.
import type { ExportItem } from './format.ts'
import { isAscii, joinedFields, type SnippetField, type SnippetParts, snippetParts } from './snippet-parts.ts'
import {
  csharpLiteral,
  goLiteral,
  goOctets,
  javaLiteral,
  javascriptLiteral,
  phpLiteral,
  phpOctets,
  pythonLiteral,
  rubyLiteral,
  rubyOctets,
} from './source-literal.ts'

export type Snippet = {
  readonly id: string
  readonly title: string
  readonly language: string
  readonly write: (item: ExportItem) => string
}

const indent = (lines: readonly string[], by: string): string => lines.map((line) => by + line).join('\n')

// JavaScript writes a character of a header as one octet: there the octets are given, not the text they may be.

function fetchSnippet({ method, url, headers, body, base64 }: SnippetParts): string {
  const q = javascriptLiteral
  const data =
    base64 === undefined ? body && q(body) : `Uint8Array.from(atob(${q(base64)}), (char) => char.charCodeAt(0))`
  const options = [
    `method: ${q(method)},`,
    ...(headers.length > 0
      ? [
          `headers: [\n${indent(
            headers.map(({ name, raw }) => `[${q(name)}, ${q(raw)}],`),
            '    ',
          )}\n  ],`,
        ]
      : []),
    ...(data === undefined ? [] : [`body: ${data},`]),
  ]
  return `const response = await fetch(${q(url)}, {\n${indent(options, '  ')}\n})\nconsole.log(response.status, await response.text())\n`
}

function axiosSnippet({ method, url, headers, body, base64 }: SnippetParts): string {
  const q = javascriptLiteral
  const data = base64 === undefined ? body && q(body) : `Buffer.from(${q(base64)}, 'base64')`
  const options = [
    `method: ${q(method)},`,
    `url: ${q(url)},`,
    ...(headers.length > 0
      ? [
          `headers: {\n${indent(
            joinedFields(headers).map(({ name, raw }) => `${q(name)}: ${q(raw)},`),
            '    ',
          )}\n  },`,
        ]
      : []),
    ...(data === undefined ? [] : [`data: ${data},`]),
    'transformRequest: [(data) => data],',
    'transformResponse: [(data) => data],',
    'validateStatus: () => true,',
  ]
  return `import axios from 'axios'\n\nconst response = await axios({\n${indent(options, '  ')}\n})\nconsole.log(response.status, response.data)\n`
}

const python =
  (library: 'requests' | 'httpx', many: boolean) =>
  ({ method, url, headers, body, base64 }: SnippetParts): string => {
    const q = pythonLiteral
    const argument = library === 'httpx' ? 'content' : 'data'
    const data = base64 === undefined ? body !== undefined && `${q(body)}.encode()` : `base64.b64decode(${q(base64)})`
    // Both libraries refuse text beyond ASCII in a header, and take octets.
    const given = (field: SnippetField) => {
      if (isAscii(field)) return q(field.raw)
      return field.value === undefined ? `${q(field.raw)}.encode('latin-1')` : `${q(field.value)}.encode()`
    }
    const lines = (many ? headers : joinedFields(headers)).map((field) =>
      many ? `(${q(field.name)}, ${given(field)}),` : `${q(field.name)}: ${given(field)},`,
    )
    const [open, close] = many ? ['[', ']'] : ['{', '}']
    return [
      `${base64 === undefined ? '' : 'import base64\n'}import ${library}\n`,
      `response = ${library}.request(`,
      `    ${q(method)},`,
      `    ${q(url)},`,
      ...(lines.length > 0 ? [`    headers=${open}\n${indent(lines, '        ')}\n    ${close},`] : []),
      ...(data === false ? [] : [`    ${argument}=${data},`]),
      ')',
      'print(response.status_code, response.text)\n',
    ].join('\n')
  }

function goSnippet({ method, url, headers, body, base64 }: SnippetParts): string {
  const q = goLiteral
  const decode =
    base64 === undefined
      ? []
      : [`\tbody, err := base64.StdEncoding.DecodeString(${q(base64)})`, '\tif err != nil {', '\t\tpanic(err)', '\t}']
  const reader =
    base64 !== undefined ? 'bytes.NewReader(body)' : body === undefined ? 'nil' : `strings.NewReader(${q(body)})`
  const imports = [
    'fmt',
    'io',
    'net/http',
    ...(base64 === undefined ? [] : ['bytes', 'encoding/base64']),
    ...(base64 === undefined && body !== undefined ? ['strings'] : []),
  ]
  return [
    'package main\n',
    `import (\n${indent(
      imports.toSorted().map((name) => `"${name}"`),
      '\t',
    )}\n)\n`,
    'func main() {',
    ...decode,
    `\trequest, err := http.NewRequest(${q(method)}, ${q(url)}, ${reader})`,
    '\tif err != nil {\n\t\tpanic(err)\n\t}',
    ...headers.map(
      ({ name, value, raw }) => `\trequest.Header.Add(${q(name)}, ${value === undefined ? goOctets(raw) : q(value)})`,
    ),
    '\tresponse, err := http.DefaultClient.Do(request)',
    '\tif err != nil {\n\t\tpanic(err)\n\t}',
    '\tdefer response.Body.Close()',
    '\ttext, _ := io.ReadAll(response.Body)',
    '\tfmt.Println(response.Status, string(text))',
    '}\n',
  ].join('\n')
}

/** java.net.http takes only URIs that are URIs; what Java refuses is percent-encoded. */
const strictUrl = (url: string): string => url.replace(/[\s"<>\\^`{|}[\]]/g, (char) => encodeURIComponent(char))

function javaSnippet({ method, url, headers, body, base64 }: SnippetParts): string {
  const q = javaLiteral
  const publisher =
    base64 !== undefined
      ? `HttpRequest.BodyPublishers.ofByteArray(java.util.Base64.getDecoder().decode(${q(base64)}))`
      : body === undefined
        ? 'HttpRequest.BodyPublishers.noBody()'
        : `HttpRequest.BodyPublishers.ofString(${q(body)})`
  return [
    'import java.net.URI;\nimport java.net.http.HttpClient;\nimport java.net.http.HttpRequest;\nimport java.net.http.HttpResponse;\n',
    'class Main {',
    '    public static void main(String[] args) throws Exception {',
    `        HttpRequest request = HttpRequest.newBuilder(URI.create(${q(strictUrl(url))}))`,
    ...headers.map((field) =>
      isAscii(field)
        ? `            .header(${q(field.name)}, ${q(field.raw)})`
        : `            // java.net.http sends ASCII only: ${field.name} is left out.`,
    ),
    `            .method(${q(method)}, ${publisher})`,
    '            .build();',
    '        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());',
    '        System.out.println(response.statusCode() + " " + response.body());',
    '    }',
    '}\n',
  ].join('\n')
}

function phpSnippet({ method, url, headers, body, base64 }: SnippetParts): string {
  const q = phpLiteral
  const data = base64 === undefined ? body !== undefined && q(body) : `base64_decode(${q(base64)})`
  const lines = headers.map(({ name, value, raw }) => {
    if (raw === '') return `${q(`${name};`)},`
    return `${value === undefined ? phpOctets(`${name}: ${raw}`) : q(`${name}: ${value}`)},`
  })
  return [
    '<?php\n',
    `$curl = curl_init(${q(url)});`,
    'curl_setopt_array($curl, [',
    `    CURLOPT_CUSTOMREQUEST => ${q(method)},`,
    '    CURLOPT_RETURNTRANSFER => true,',
    ...(lines.length > 0 ? [`    CURLOPT_HTTPHEADER => [\n${indent(lines, '        ')}\n    ],`] : []),
    ...(data === false ? [] : [`    CURLOPT_POSTFIELDS => ${data},`]),
    ']);',
    '$body = curl_exec($curl);',
    "echo curl_getinfo($curl, CURLINFO_RESPONSE_CODE), ' ', $body, PHP_EOL;\n",
  ].join('\n')
}

function rubySnippet({ method, url, headers, body, base64 }: SnippetParts): string {
  const q = rubyLiteral
  const data = base64 === undefined ? body !== undefined && q(body) : `${q(base64)}.unpack1('m')`
  return [
    "require 'net/http'\nrequire 'uri'\n",
    `uri = URI(${q(strictUrl(url))})`,
    `request = Net::HTTPGenericRequest.new(${q(method)}, ${data !== false}, true, uri)`,
    ...headers.map(({ name, value, raw }, index) => {
      const repeated = headers.slice(0, index).some((line) => line.name.toLowerCase() === name.toLowerCase())
      const given = value === undefined ? rubyOctets(raw) : q(value)
      return repeated ? `request.add_field(${q(name)}, ${given})` : `request[${q(name)}] = ${given}`
    }),
    ...(data === false ? [] : [`request.body = ${data}`]),
    "response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == 'https') { |http| http.request(request) }",
    'puts response.code, response.body\n',
  ].join('\n')
}

function csharpSnippet({ method, url, headers, body, base64 }: SnippetParts): string {
  const q = csharpLiteral
  const data =
    base64 === undefined
      ? body !== undefined && `System.Text.Encoding.UTF8.GetBytes(${q(body)})`
      : `Convert.FromBase64String(${q(base64)})`
  const ofContent = (name: string): boolean => /^content-|^(allow|expires|last-modified)$/i.test(name)
  return [
    'using System;\nusing System.Net.Http;\n',
    headers.every(isAscii)
      ? 'using var client = new HttpClient();'
      : 'using var client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.Latin1 });',
    `using var request = new HttpRequestMessage(new HttpMethod(${q(method)}), ${q(url)});`,
    ...(data === false ? [] : [`request.Content = new ByteArrayContent(${data});`]),
    ...headers
      .filter(({ name }) => data !== false || !ofContent(name))
      .map(
        ({ name, raw }) =>
          `request.${ofContent(name) ? 'Content.' : ''}Headers.TryAddWithoutValidation(${q(name)}, ${q(raw)});`,
      ),
    'using var response = await client.SendAsync(request);',
    'Console.WriteLine($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");\n',
  ].join('\n')
}

const snippet = (id: string, title: string, language: string, write: (parts: SnippetParts) => string): Snippet => ({
  id,
  title,
  language,
  write: (item) => write(snippetParts(item)),
})

export const snippets: readonly Snippet[] = [
  snippet('fetch', 'JavaScript fetch', 'javascript', fetchSnippet),
  snippet('axios', 'JavaScript axios', 'javascript', axiosSnippet),
  snippet('python-requests', 'Python requests', 'python', python('requests', false)),
  snippet('python-httpx', 'Python httpx', 'python', python('httpx', true)),
  snippet('go', 'Go net/http', 'go', goSnippet),
  snippet('java', 'Java HttpClient', 'java', javaSnippet),
  snippet('php', 'PHP cURL', 'php', phpSnippet),
  snippet('ruby', 'Ruby Net::HTTP', 'ruby', rubySnippet),
  snippet('csharp', 'C# HttpClient', 'csharp', csharpSnippet),
]
