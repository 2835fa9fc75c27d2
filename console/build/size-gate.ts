// Fails the build when the console grows past its budget: first paint on a slow line depends on it.
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Budget {
  /** gzipped kilobytes of JavaScript before the heaviest page stands, in one language */
  pageJsKb: number;
  /** gzipped kilobytes of all JavaScript */
  totalJsKb: number;
}

interface Chunk {
  type: string;
  code?: string;
  imports?: string[];
  isEntry?: boolean;
  facadeModuleId?: string | null;
}

export function sizeGate(budget: Budget): Plugin {
  return {
    name: 'size-gate',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = new Map<string, Chunk>(
        Object.entries(bundle).filter(([, chunk]) => chunk.type === 'chunk'),
      );
      const sizes = new Map(
        [...chunks].map(([name, chunk]) => [name, gzipSync(chunk.code ?? '').length / 1024]),
      );
      // The story page is not shipped.
      const stories = [...chunks].find(([, { facadeModuleId }]) =>
        facadeModuleId?.endsWith('/StoryPage.vue'),
      )?.[0];
      const sum = (names: Iterable<string>) =>
        [...names].reduce((kb, name) => kb + (sizes.get(name) ?? 0), 0);
      const entries = [...chunks].filter(([, chunk]) => chunk.isEntry).map(([name]) => name);
      const pages = [...chunks]
        .filter(([, chunk]) => chunk.facadeModuleId?.includes('/pages/'))
        .map(([name]) => name);
      const weighed = pages.map((page) => ({ page, kb: sum(closure(chunks, [...entries, page])) }));
      weighed.sort((a, b) => b.kb - a.kb);
      const heaviest = weighed[0];
      if (heaviest === undefined) return;
      const total = sum([...sizes.keys()].filter((name) => name !== stories));
      const report =
        `JavaScript, gzipped: ${heaviest.kb.toFixed(1)} of ${budget.pageJsKb} KB for the heaviest page ` +
        `(${heaviest.page}), ${total.toFixed(1)} of ${budget.totalJsKb} KB in all`;
      if (heaviest.kb > budget.pageJsKb || total > budget.totalJsKb)
        this.error(`over budget. ${report}`);
      console.log(report);
    },
  };
}

function closure(chunks: Map<string, Chunk>, names: string[]): Set<string> {
  const found = new Set<string>();
  const follow = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    chunks.get(name)?.imports?.forEach(follow);
  };
  names.forEach(follow);
  return found;
}
