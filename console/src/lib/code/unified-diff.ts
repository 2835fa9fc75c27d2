// A patch as git prints it (git-diff(1), "unified" format), as rows for the page.

export interface DiffRow {
  kind: 'same' | 'add' | 'delete' | 'hunk' | 'note';
  text: string;
  /** line numbers before and after; absent where the line is not there */
  before?: number;
  after?: number;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function diffRows(patch: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let before = 0;
  let after = 0;
  let inside = false;
  for (const line of patch.replace(/\n$/, '').split('\n')) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      inside = true;
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      rows.push({ kind: 'hunk', text: line });
      continue;
    }
    // Before the first hunk stand the file's names, which the page shows by itself.
    if (!inside) continue;
    const text = line.slice(1);
    if (line.startsWith('+')) rows.push({ kind: 'add', text, after: after++ });
    else if (line.startsWith('-')) rows.push({ kind: 'delete', text, before: before++ });
    else if (line.startsWith('\\')) rows.push({ kind: 'note', text: text.trim() });
    else rows.push({ kind: 'same', text, before: before++, after: after++ });
  }
  return rows;
}
