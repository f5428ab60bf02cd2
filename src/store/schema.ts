// The tables of captures.db, as made for a new store; `migrate.ts` brings older ones here.
import { contentIndex } from './stored-content.ts'

/** Written to `user_version`; `applicationId` marks the file as ours ("TtCa"). */
export const schemaVersion = 1
export const applicationId = 0x54744361

/**
 * `exchanges` is narrow (what rows, filters and sorting need) so that a scan of it stays cheap; heads and everything else
 * stand in `details`. Field lines are flat JSON lists beside the rest, to be searched without parsing whole exchanges.
 * More indexes are made when a question needs one: `asked-indexes.ts`. When `urls` merges is told by `url-index.ts`.
 */
export const schema = `
CREATE TABLE exchanges (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  session TEXT NOT NULL,
  started TEXT NOT NULL,
  kind TEXT NOT NULL,
  method TEXT NOT NULL,
  host TEXT NOT NULL,
  url TEXT NOT NULL,
  path TEXT NOT NULL,
  status INTEGER NOT NULL,
  status_text TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  request_size INTEGER NOT NULL,
  response_size INTEGER NOT NULL,
  duration REAL,
  setup REAL NOT NULL,
  wait REAL NOT NULL,
  receive REAL NOT NULL,
  protocol TEXT NOT NULL,
  outcome TEXT NOT NULL,
  failure TEXT,
  origin TEXT NOT NULL,
  client TEXT NOT NULL,
  message_count INTEGER NOT NULL,
  unread TEXT,
  shed INTEGER NOT NULL,
  pinned INTEGER NOT NULL,
  mark INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  notes INTEGER NOT NULL,
  primary_finding TEXT,
  request_content INTEGER,
  response_content INTEGER,
  request_codings TEXT,
  response_codings TEXT
) STRICT;
CREATE INDEX exchanges_session ON exchanges (session);
CREATE INDEX exchanges_host ON exchanges (host, id);
CREATE INDEX exchanges_status ON exchanges (status, id);
CREATE INDEX exchanges_type ON exchanges (mime_type, id);
CREATE INDEX exchanges_client ON exchanges (client, id);
CREATE INDEX exchanges_pinned ON exchanges (id) WHERE pinned <> 0;
CREATE INDEX exchanges_running ON exchanges (id) WHERE outcome NOT IN ('complete', 'failed');
CREATE INDEX exchanges_failed ON exchanges (id) WHERE outcome = 'failed';
CREATE INDEX exchanges_replayed ON exchanges (id) WHERE origin = 'replay';
CREATE INDEX exchanges_findings ON exchanges (id) WHERE errors + warnings + notes > 0;
CREATE INDEX exchanges_errors ON exchanges (id) WHERE errors > 0;
CREATE INDEX exchanges_request_content ON exchanges (request_content) WHERE request_content IS NOT NULL;
CREATE INDEX exchanges_response_content ON exchanges (response_content) WHERE response_content IS NOT NULL;

CREATE TABLE details (
  n INTEGER PRIMARY KEY,
  request_lines TEXT NOT NULL,
  response_lines TEXT,
  exchange TEXT NOT NULL
) STRICT;

CREATE TABLE findings (
  f INTEGER PRIMARY KEY,
  n INTEGER NOT NULL,
  rule TEXT NOT NULL,
  level TEXT NOT NULL,
  is_primary INTEGER NOT NULL,
  finding TEXT NOT NULL
) STRICT;
CREATE INDEX findings_exchange ON findings (n);
CREATE INDEX findings_rule ON findings (rule, n);

CREATE TABLE contents (
  c INTEGER PRIMARY KEY,
  digest TEXT NOT NULL,
  has_nul INTEGER NOT NULL,
  octets BLOB NOT NULL
) STRICT;
${contentIndex};

CREATE TABLE messages (
  n INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  sender TEXT NOT NULL,
  at REAL NOT NULL,
  opcode TEXT NOT NULL,
  size INTEGER NOT NULL,
  data TEXT NOT NULL,
  truncated INTEGER NOT NULL,
  compressed INTEGER NOT NULL,
  code INTEGER,
  PRIMARY KEY (n, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  started TEXT NOT NULL,
  ended TEXT,
  session TEXT NOT NULL
) STRICT;

CREATE TABLE totals (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  exchanges INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  notes INTEGER NOT NULL
) STRICT;
INSERT INTO totals VALUES (1, 0, 0, 0, 0);

CREATE TABLE salvages (
  file TEXT PRIMARY KEY,
  next INTEGER NOT NULL,
  last INTEGER NOT NULL,
  saved INTEGER NOT NULL,
  lost INTEGER NOT NULL
) STRICT;

CREATE VIRTUAL TABLE urls USING fts5 (url, content = 'exchanges', content_rowid = 'n', tokenize = 'trigram');
INSERT INTO urls (urls, rank) VALUES ('automerge', 0);
INSERT INTO urls (urls, rank) VALUES ('crisismerge', 64);
`
