// The kinds of content of `type:` as patterns of media types; matching and SQL read the same list.

/** Patterns with `*` over the lower-case media type without parameters. `none` is no media type at all. */
export const mediaKinds: Readonly<Record<string, readonly string[]>> = {
  image: ['image/*'],
  json: ['application/json', '*+json', 'text/json', 'application/x-ndjson', 'application/*json'],
  html: ['text/html', 'application/xhtml+xml'],
  css: ['text/css'],
  script: [
    'text/javascript',
    'application/javascript',
    'application/x-javascript',
    'application/ecmascript',
    'application/wasm',
  ],
  font: ['font/*', 'application/font*', 'application/x-font*', 'application/vnd.ms-fontobject'],
  media: ['audio/*', 'video/*', 'application/vnd.apple.mpegurl', 'application/dash+xml'],
  xml: ['text/xml', 'application/xml', '*+xml'],
  text: ['text/*'],
  form: ['application/x-www-form-urlencoded', 'multipart/form-data'],
  binary: [
    'application/octet-stream',
    'application/zip',
    'application/gzip',
    'application/pdf',
    'application/x-protobuf',
    'application/grpc*',
  ],
  none: [''],
}
