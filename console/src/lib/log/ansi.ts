// Colours and styles of terminal output (ECMA-48 SGR). Everything else a terminal would obey, such as
// cursor movement or a window title, is dropped: a log shows text. Each line starts with a clean
// style, because lines are fetched and shown in any order.

export interface Segment {
  text: string;
  /** CSS classes for the styles and the sixteen named colours, parted by blanks; may be empty */
  classes: string;
  /** a CSS colour of the 256 or 16.7 million, which have no class */
  color: string | undefined;
  background: string | undefined;
}

// CSI … final byte; OSC/DCS/APC/PM/SOS … BEL or ST; any other two-byte escape; a lone control
// character (tabs stay). Unterminated sequences at the end of a cut line match too.
const CONTROL =
  // eslint-disable-next-line no-control-regex
  /\x1b\[([0-?]*)[ -/]*([@-~]|$)|\x1b[\]P_^X][\s\S]*?(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]?|[\x00-\x08\x0a-\x1f\x7f\x9b]/g;

interface Style {
  flags: Set<string>;
  fg: number | string | undefined;
  bg: number | string | undefined;
}

export function parseAnsi(line: string): Segment[] {
  const segments: Segment[] = [];
  const style: Style = { flags: new Set(), fg: undefined, bg: undefined };
  let from = 0;
  const emit = (to: number) => {
    if (to > from) segments.push({ text: line.slice(from, to), ...appearance(style) });
  };
  CONTROL.lastIndex = 0;
  for (let match = CONTROL.exec(line); match !== null; match = CONTROL.exec(line)) {
    emit(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') applySgr(style, match[1] ?? '');
  }
  emit(line.length);
  return segments;
}

export function stripAnsi(line: string): string {
  return line.replace(CONTROL, '');
}

function applySgr(style: Style, parameters: string): void {
  const codes = parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)));
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes.slice(i + 1), parameters.includes(':'));
      if (code === 38) style.fg = color;
      else style.bg = color;
      i += used;
    } else {
      applyCode(style, code);
    }
  }
}

const FLAGS: Record<number, string> = {
  1: 'bo',
  2: 'di',
  3: 'it',
  4: 'un',
  7: 'inv',
  8: 'hid',
  9: 'st',
};
const RESETS: Record<number, string[]> = {
  22: ['bo', 'di'],
  23: ['it'],
  24: ['un'],
  27: ['inv'],
  28: ['hid'],
  29: ['st'],
};

function applyCode(style: Style, code: number): void {
  const flag = FLAGS[code];
  if (code === 0) {
    style.flags.clear();
    style.fg = style.bg = undefined;
  } else if (flag !== undefined) {
    style.flags.add(flag);
  } else if (RESETS[code] !== undefined) {
    RESETS[code].forEach((name) => style.flags.delete(name));
  } else if (code >= 30 && code <= 37) {
    style.fg = code - 30;
  } else if (code === 39) {
    style.fg = undefined;
  } else if (code >= 40 && code <= 47) {
    style.bg = code - 40;
  } else if (code === 49) {
    style.bg = undefined;
  } else if (code >= 90 && code <= 97) {
    style.fg = code - 90 + 8;
  } else if (code >= 100 && code <= 107) {
    style.bg = code - 100 + 8;
  }
}

/** What follows 38 or 48: `5;n` or `2;r;g;b`; with colons a colour space may stand before r. */
function extendedColor(rest: number[], colons: boolean): [number | string | undefined, number] {
  if (rest[0] === 5) return [indexed(rest[1] ?? 0), 2];
  if (rest[0] === 2) {
    const skip = colons && rest.length >= 5 ? 2 : 1;
    const [r = 0, g = 0, b = 0] = rest.slice(skip, skip + 3);
    return [rgb(r, g, b), skip + 2 + 1];
  }
  return [undefined, 1];
}

function indexed(n: number): number | string {
  if (n < 16) return n;
  if (n >= 232) {
    const gray = 8 + (n - 232) * 10;
    return rgb(gray, gray, gray);
  }
  const level = (k: number) => (k === 0 ? 0 : 55 + 40 * k);
  const cube = n - 16;
  return rgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function rgb(r: number, g: number, b: number): string {
  const byte = (n: number) => Math.min(255, Math.max(0, n)).toString(16).padStart(2, '0');
  return `#${byte(r)}${byte(g)}${byte(b)}`;
}

function appearance(style: Style): Omit<Segment, 'text'> {
  const classes = [...style.flags];
  let [fg, bg] = [style.fg, style.bg];
  if (style.flags.has('inv')) [fg, bg] = [bg ?? 'var(--t-bg)', fg ?? 'var(--t-fg)'];
  if (typeof fg === 'number') classes.push(`f${fg}`);
  if (typeof bg === 'number') classes.push(`b${bg}`);
  // On the terminal's own ground a script's dark colours must stay readable.
  const color = typeof fg === 'string' ? (bg === undefined ? readable(fg) : fg) : undefined;
  return { classes: classes.join(' '), color, background: typeof bg === 'string' ? bg : undefined };
}

const MIN_LUMINANCE = 0.215; // 4.5:1 against the lighter of the two terminal grounds, #0f131a

/** Mixes a colour with white until it reads on the terminal's ground. */
export function readable(color: string): string {
  if (!color.startsWith('#')) return color;
  let channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  for (let step = 0; step < 20 && luminance(channels) < MIN_LUMINANCE; step += 1) {
    channels = channels.map((value) => Math.ceil(value + (255 - value) * 0.08));
  }
  const [r = 0, g = 0, b = 0] = channels;
  return rgb(r, g, b);
}

/** WCAG 2.1 relative luminance. */
function luminance(channels: number[]): number {
  const [r = 0, g = 0, b = 0] = channels.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
