// Markdown, and HTML of notebooks, as elements that are safe to put on the page. Nothing that a person
// wrote runs here or loads anything from elsewhere: see docs/decisions/008. Loaded when first needed.
import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import { parentOf, resolvePath } from './code-links';

export interface DocumentPlace {
  /** path of the document; links are resolved beside it */
  path: string;
  /** address of a page of the console for a file of the repository */
  pageUrl(path: string): string;
  /** address of the bytes of a file of the repository */
  rawUrl(path: string): string;
}

const TAGS = (
  'a abbr b blockquote br caption center code col colgroup dd del details div dl dt em figcaption ' +
  'figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary ' +
  'sup table tbody td tfoot th thead tr u ul var'
).split(' ');
const ATTRIBUTES =
  'align alt colspan height href open reversed rowspan src start title width'.split(' ');
const DATA_IMAGE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/;
/** What the server sends as an image; anything else, SVG too, is bytes or text. */
const IMAGE_NAME = /\.(?:png|jpe?g|gif|webp)$/i;

const markdown = new Marked({
  gfm: true,
  renderer: { html: ({ text }) => withoutNoise(text) },
});

export function renderMarkdown(text: string, place: DocumentPlace): DocumentFragment {
  return sanitized(markdown.parse(text, { async: false }), place);
}

/** HTML that a notebook kept of a cell. */
export function renderHtml(html: string, place: DocumentPlace): DocumentFragment {
  return sanitized(withoutNoise(html), place);
}

/**
 * Handlers and styles go before anything is parsed: the browser would report each to the console as
 * forbidden by the page's policy. That nothing runs does not rest on this, but on what follows.
 */
function withoutNoise(html: string): string {
  return html
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<\/?(?:base|script|style)\b[^>]*>/gi, '')
    .replace(/<[^>]*>/g, (tag) => tag.replace(/([\s"'/])(?:on\w+|style)(?=\s*=)/gi, '$1data-x'));
}

function sanitized(html: string, place: DocumentPlace): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  fragment.querySelectorAll('h1, h2, h3, h4, h5, h6').forEach(nameHeading);
  fragment.querySelectorAll('a').forEach((link) => placeLink(link, place));
  fragment.querySelectorAll('img').forEach((image) => placeImage(image, place));
  fragment.querySelectorAll('table').forEach(makeScrollable);
  fragment.querySelectorAll('th:empty').forEach((cell) => {
    cell.replaceWith(document.createElement('td'));
  });
  // What is wider than its place is scrolled, by keyboard too.
  fragment.querySelectorAll('pre').forEach((pre) => (pre.tabIndex = 0));
  return fragment;
}

/** Ids have a prefix of ours, so that a document cannot take a name that the page uses. */
function nameHeading(heading: Element): void {
  heading.id = `doc-${slug(heading.textContent ?? '')}`;
}

function slug(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function placeLink(link: HTMLAnchorElement, place: DocumentPlace): void {
  const target = link.getAttribute('href') ?? '';
  if (/^(?:https?:|mailto:)/i.test(target)) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  } else if (target.startsWith('#')) {
    link.href = `#doc-${slug(decoded(target.slice(1)))}`;
  } else {
    const path = insidePath(target, place);
    if (path === undefined) link.removeAttribute('href');
    else link.href = place.pageUrl(path);
  }
}

function placeImage(image: HTMLImageElement, place: DocumentPlace): void {
  const source = image.getAttribute('src') ?? '';
  const path = insidePath(source, place);
  if (DATA_IMAGE.test(source)) return;
  if (path !== undefined && IMAGE_NAME.test(path)) {
    image.src = place.rawUrl(path);
    image.loading = 'lazy';
    if (!image.hasAttribute('alt')) image.alt = path;
    return;
  }
  image.replaceWith(imageLink(image, source, path, place));
}

/** An image from elsewhere would tell its owner who reads this: it is a link instead. */
function imageLink(
  image: HTMLImageElement,
  source: string,
  path: string | undefined,
  place: DocumentPlace,
): Element {
  const outside = /^https?:/i.test(source);
  const words = image.alt || (outside ? source : (path ?? ''));
  // Inside a link already, as badges are: only its words are left.
  const element = document.createElement(image.closest('a') === null ? 'a' : 'span');
  element.textContent = words;
  element.className = 'image-link';
  if (element instanceof HTMLAnchorElement && outside) {
    element.href = source;
    element.target = '_blank';
    element.rel = 'noopener noreferrer nofollow';
  } else if (element instanceof HTMLAnchorElement && path !== undefined)
    element.href = place.pageUrl(path);
  return element;
}

/** The path in the repository that a relative link means. */
function insidePath(link: string, place: DocumentPlace): string | undefined {
  if (link === '' || /^[a-z][a-z0-9+.-]*:/i.test(link) || link.startsWith('//')) return undefined;
  return resolvePath(parentOf(place.path), decoded(link.replace(/[?#].*$/, '')));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function makeScrollable(table: Element): void {
  const box = document.createElement('div');
  box.className = 'table-box';
  box.tabIndex = 0;
  table.replaceWith(box);
  box.append(table);
}
