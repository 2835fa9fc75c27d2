// "#L120-L140" in an address; lines count from 1 there and from 0 everywhere else.

export type LineRange = readonly [from: number, to: number];

export function parseLineHash(hash: string): LineRange | undefined {
  const match = /^#L(\d+)(?:-L?(\d+))?$/.exec(hash);
  if (match === null) return undefined;
  const from = Number(match[1]) - 1;
  const to = match[2] === undefined ? from : Number(match[2]) - 1;
  if (from < 0 || to < 0) return undefined;
  return from <= to ? [from, to] : [to, from];
}

export function lineHash(range: LineRange | undefined): string {
  if (range === undefined) return '';
  const [from, to] = range;
  return from === to ? `#L${from + 1}` : `#L${from + 1}-L${to + 1}`;
}
