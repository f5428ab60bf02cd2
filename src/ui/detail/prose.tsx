// Plain sentences; words between backticks are what travelled on the wire, options are kept whole, and `{{…}}` is a hole.

export function Prose({ text }: { text: string }) {
  return (
    <p class="prose">
      <ProseText text={text} />
    </p>
  )
}

function Words({ text }: { text: string }) {
  return (
    <>
      {text.split(/((?<![\w-])--[a-z][\w-]*|\{\{[^{}]+\}\})/).map((piece, i) =>
        i % 2 === 0 ? (
          piece
        ) : piece.startsWith('--') ? (
          <code key={i} class="flag">
            {piece}
          </code>
        ) : (
          <span key={i} class="hole">
            {piece.slice(2, -2)}
          </span>
        ),
      )}
    </>
  )
}

export function ProseText({ text }: { text: string }) {
  return (
    <>
      {text.split('`').map((piece, i) => (i % 2 === 1 ? <code key={i}>{piece}</code> : <Words key={i} text={piece} />))}
    </>
  )
}
