// One line of a log as elements. Text from a script reaches the page through textContent alone, and
// the only links are http(s) addresses found in it.
import { parseAnsi, stripAnsi, type Segment } from './ansi';
import type { LogLine } from './log-lines';

/** What the search box holds, to be marked in the lines. */
export interface Search {
  query: string;
  matchCase: boolean;
}

export type Level = 'error' | 'warn' | undefined;

const ERROR =
  /\b(?:ERROR|CRITICAL|FATAL)\b|^Traceback \(most recent call last\)|^[\w.]*(?:Error|Exception)\b:/;
const WARN = /\bWARN(?:ING)?\b/;

/** By the words that loggers and Python print near the start of a line. */
export function levelOf(line: LogLine): Level {
  const start = stripAnsi(line.text.slice(0, 240)).slice(0, 160);
  if (ERROR.test(start)) return 'error';
  return WARN.test(start) ? 'warn' : undefined;
}

/** Replaces the content of `target` by the line. */
export function renderText(target: HTMLElement, text: string, search: Search | undefined): void {
  const segments = parseAnsi(text);
  const marks = search === undefined ? [] : matches(segments.map((s) => s.text).join(''), search);
  const nodes: Node[] = [];
  let at = 0;
  for (const segment of segments) {
    nodes.push(...segmentNodes(segment, at, marks));
    at += segment.text.length;
  }
  target.replaceChildren(...nodes);
}

type Range = readonly [from: number, to: number];

export function matches(text: string, search: Search): Range[] {
  const { query } = search;
  if (query === '') return [];
  const fold = (s: string) => (search.matchCase ? s : s.toLowerCase());
  const haystack = fold(text);
  // Folding may change the length of rare letters; then positions would be off, so nothing is marked.
  if (haystack.length !== text.length) return [];
  const needle = fold(query);
  const found: Range[] = [];
  for (
    let at = haystack.indexOf(needle);
    at >= 0;
    at = haystack.indexOf(needle, at + needle.length)
  ) {
    found.push([at, at + needle.length]);
  }
  return found;
}

const ADDRESS = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

function segmentNodes(segment: Segment, start: number, marks: Range[]): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const link of segment.text.matchAll(ADDRESS)) {
    nodes.push(...marked(segment.text.slice(from, link.index), start + from, marks));
    nodes.push(address(link[0], start + link.index, marks));
    from = link.index + link[0].length;
  }
  nodes.push(...marked(segment.text.slice(from), start + from, marks));
  if (segment.classes === '' && segment.color === undefined && segment.background === undefined)
    return nodes;
  const span = document.createElement('span');
  span.className = segment.classes;
  if (segment.color !== undefined) span.style.color = segment.color;
  if (segment.background !== undefined) span.style.backgroundColor = segment.background;
  span.append(...nodes);
  return [span];
}

function address(url: string, start: number, marks: Range[]): Node {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  link.tabIndex = -1;
  link.append(...marked(url, start, marks));
  return link;
}

/** `text` stands at `start` of the line; the parts of it inside a mark are wrapped. */
function marked(text: string, start: number, marks: Range[]): Node[] {
  if (text === '') return [];
  const nodes: Node[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    const begin = Math.max(at, from - start);
    const end = Math.min(text.length, to - start);
    if (end <= begin) continue;
    if (begin > at) nodes.push(document.createTextNode(text.slice(at, begin)));
    const mark = document.createElement('mark');
    mark.textContent = text.slice(begin, end);
    nodes.push(mark);
    at = end;
  }
  if (at < text.length) nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}
