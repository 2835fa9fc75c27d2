/** "a b/c" -> "a%20b/c": each part of a path is escaped, the slashes stay. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
