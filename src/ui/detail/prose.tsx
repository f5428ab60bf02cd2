// Plain sentences; words between backticks are what travelled on the wire.

export function Prose({ text }: { text: string }) {
  return (
    <p class="prose">
      <ProseText text={text} />
    </p>
  )
}

export function ProseText({ text }: { text: string }) {
  return <>{text.split('`').map((piece, i) => (i % 2 === 1 ? <code key={i}>{piece}</code> : piece))}</>
}
