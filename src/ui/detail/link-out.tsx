// A link that leaves the page: only to the web, in its own tab, telling nothing about where it came from.
import { Icon } from '../icons.tsx'

export function LinkOut({ title, url }: { title: string; url: string }) {
  // A server can name any address in its answer; only https and http open.
  if (!/^https?:\/\//i.test(url)) return <span>{title}</span>
  return (
    <a class="line" href={url} target="_blank" rel="noopener noreferrer">
      {title}
      <Icon name="out" small />
    </a>
  )
}
