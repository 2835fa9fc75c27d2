// What a file is, for a look at it. Names tell pictures; bytes tell text.

const PICTURES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

/** Undefined for what is no picture that we show; SVG is none, since it can hold scripts. */
export function pictureType(name: string): string | undefined {
  return PICTURES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
}

/** UTF-8 without control characters. What is cut off in the middle of a letter is still text. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 8192);
  if (start.some((byte) => byte === 0)) return false;
  const text = new TextDecoder().decode(start, { stream: true });
  return !text.includes('\ufffd');
}
