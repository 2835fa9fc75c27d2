// Writes .gz and .br beside every text file of the build: the server embeds them and sends the one
// that a browser accepts, without compressing anything itself.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(?:html|js|css|svg)$/;
/** Below this the answer fits one packet anyway. */
const MIN_BYTES = 1000;

export function pack(): Plugin {
  let folder = '';
  return {
    name: 'pack',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => walk(folder),
  };
}

function walk(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) walk(path);
    else if (TEXT.test(name)) packFile(path);
  }
}

function packFile(path: string): void {
  const content = readFileSync(path);
  if (content.length < MIN_BYTES) return;
  const parameters = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(content, parameters));
}
