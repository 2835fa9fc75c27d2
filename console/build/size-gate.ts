// Fails the build when the console grows past its budget: first paint on a slow line depends on it.
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Budget {
  /** gzipped kilobytes of JavaScript that the first page needs, whatever page it is */
  initialJsKb: number;
  /** gzipped kilobytes of all JavaScript */
  totalJsKb: number;
}

export function sizeGate(budget: Budget): Plugin {
  return {
    name: 'size-gate',
    apply: 'build',
    generateBundle(_options, bundle) {
      const size = new Map<string, number>();
      const initial = new Set<string>();
      const follow = (name: string): void => {
        const chunk = bundle[name];
        if (initial.has(name) || chunk?.type !== 'chunk') return;
        initial.add(name);
        chunk.imports.forEach(follow);
      };
      for (const [name, chunk] of Object.entries(bundle)) {
        if (chunk.type !== 'chunk') continue;
        size.set(name, gzipSync(chunk.code).length / 1024);
        if (chunk.isEntry) follow(name);
      }
      const sum = (names: Iterable<string>) => [...names].reduce((kb, name) => kb + (size.get(name) ?? 0), 0);
      const initialKb = sum(initial);
      const totalKb = sum(size.keys());
      this.info(`JavaScript, gzipped: ${initialKb.toFixed(1)} KB initial, ${totalKb.toFixed(1)} KB in all`);
      if (initialKb > budget.initialJsKb || totalKb > budget.totalJsKb) {
        this.error(
          `over budget: ${initialKb.toFixed(1)} of ${budget.initialJsKb} KB initial, ` +
            `${totalKb.toFixed(1)} of ${budget.totalJsKb} KB in all`,
        );
      }
    },
  };
}
