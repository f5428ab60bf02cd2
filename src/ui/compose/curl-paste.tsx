// A place to paste a cURL command; it is read here, never run.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

type Props = { readonly problem: string; readonly onText: (text: string) => void; readonly onClose: () => void }

export function CurlPaste({ problem, onText, onClose }: Props) {
  const [text, setText] = useState('')
  const area = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => area.current?.focus(), [])
  return (
    <section class="curl-paste" aria-label="Paste cURL">
      <textarea
        ref={area}
        aria-label="cURL command"
        placeholder="curl 'https://api.example.com/v1/orders' -H 'accept: application/json'"
        rows={5}
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          event.stopPropagation()
          onClose()
        }}
      />
      <p>
        {problem ? (
          <span class="et" role="alert">
            {problem}
          </span>
        ) : (
          <span class="qq">
            Commands for bash, cmd.exe and PowerShell are read. Nothing is run and no file is opened.
          </span>
        )}
        <span class="grow" />
        <button type="button" class="btn" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="btn line-btn" disabled={text.trim() === ''} onClick={() => onText(text)}>
          Fill in
        </button>
      </p>
    </section>
  )
}
