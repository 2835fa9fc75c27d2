// A spec as it is typed: sizes with their unit, numbers as text.
import type { Spec, SpecBody } from '@/api/types';
import { parseSize, sizeText } from './size-text';

export interface SpecText {
  name: string;
  compute: string;
  cards: string;
  type: string;
  cpus: string;
  memory: string;
  /** empty: half of the memory */
  shared: string;
  internet: boolean;
  kinds: string[];
  clusters: string[];
}

export type SpecField = 'name' | 'compute' | 'cards' | 'type' | 'cpus' | 'memory' | 'shared';
export type SpecFault = 'need' | 'number' | 'size' | 'shared' | 'type';

const MOST = 100_000;

export function specText(spec?: Spec): SpecText {
  if (spec === undefined)
    return {
      name: '',
      compute: 'cpu',
      cards: '0',
      type: '',
      cpus: '4',
      memory: '8 GiB',
      shared: '',
      internet: true,
      kinds: [],
      clusters: [],
    };
  const half = spec.shared_memory_bytes === Math.floor(spec.memory_bytes / 2);
  return {
    name: spec.name,
    compute: spec.compute,
    cards: String(spec.accelerators),
    type: spec.accelerator_type,
    cpus: String(spec.cpus),
    memory: sizeText(spec.memory_bytes),
    shared: half ? '' : sizeText(spec.shared_memory_bytes),
    internet: spec.internet,
    kinds: [...spec.kinds],
    clusters: [...spec.clusters],
  };
}

/** What the server would be told, or what is wrong with which field. */
export function parseSpec(text: SpecText): {
  body?: SpecBody;
  faults: ReadonlyMap<SpecField, SpecFault>;
} {
  const faults = new Map<SpecField, SpecFault>();
  if (text.name.trim() === '') faults.set('name', 'need');
  if (text.compute.trim() === '') faults.set('compute', 'need');
  const number = (field: 'cards' | 'cpus', least: number) => {
    const typed = text[field].trim();
    const value = /^\d{1,6}$/.test(typed) ? Number(typed) : -1;
    if (value < least || value > MOST) faults.set(field, 'number');
    return value;
  };
  const accelerators = number('cards', 0);
  const cpus = number('cpus', 1);
  if (accelerators >= 0 && accelerators > 0 !== (text.type.trim() !== ''))
    faults.set('type', 'type');
  const memory = parseSize(text.memory);
  if (memory === undefined) faults.set('memory', 'size');
  // Zero is a size here, though of nothing else: a task may do without shared memory.
  const typedShared = text.shared.trim();
  const shared = /^0+$/.test(typedShared) ? 0 : parseSize(typedShared);
  if (typedShared !== '' && shared === undefined) faults.set('shared', 'size');
  if (shared !== undefined && memory !== undefined && shared > memory)
    faults.set('shared', 'shared');
  if (faults.size > 0 || memory === undefined) return { faults };
  const body: SpecBody = {
    compute: text.compute.trim(),
    accelerators,
    accelerator_type: text.type.trim(),
    cpus,
    memory_bytes: memory,
    shared_memory_bytes: shared ?? null,
    internet: text.internet,
    kinds: [...text.kinds],
    clusters: [...text.clusters],
  };
  return { body, faults };
}
