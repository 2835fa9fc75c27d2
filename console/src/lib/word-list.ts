// Words as they are typed in one line: separated by commas of either script.

export function splitWords(text: string): string[] {
  const words = text.split(/[,，、]/).map((word) => word.trim());
  return [...new Set(words)].filter((word) => word !== '');
}

export function joinWords(words: readonly string[]): string {
  return words.join(', ');
}
