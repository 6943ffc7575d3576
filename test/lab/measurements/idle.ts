import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab.js';
import { LAB } from '../node/folders.js';
import type { Measurement } from './measurement.js';

/** Seconds that nothing is asked of the node before, and between the two looks. */
const SETTLING = 30;
const SPAN = 60;

/** What something has used: bytes of memory now, and seconds of a processor since its start. */
interface Usage {
  readonly memory: number;
  readonly cpu: number;
}

export const idle: Measurement = {
  title: 'What the platform costs while nothing happens',
  method: `After ${SETTLING} seconds of rest, over ${SPAN} seconds: memory of processes as their proportional share (PSS), of pods \
as their working set; processors in thousandths of a core. The control plane is Kubernetes' own four programs, not k3s; cert-manager, traefik and monitoring \
have no pods here, and what they cost comes on top.`,

  async measure(lab) {
    await sleep(SETTLING * 1000);
    const before = await look(lab);
    await sleep(SPAN * 1000);
    const after = await look(lab);
    const rows = [...after].map(([what, { memory, cpu }]) => {
      const millicores = ((cpu - (before.get(what)?.cpu ?? cpu)) / SPAN) * 1000;
      return { what, memory, millicores };
    });
    const sum = (field: 'memory' | 'millicores') => rows.reduce((total, row) => total + row[field], 0);
    return {
      figures: [
        ...rows,
        { what: 'all of what runs here', memory: sum('memory'), millicores: sum('millicores') },
      ].map(({ what, memory, millicores }) => ({
        what,
        figure: `${Math.round(memory / 2 ** 20)} MiB, ${millicores.toFixed(0)} m`,
      })),
      broken: [],
    };
  },
};

async function look(lab: Lab): Promise<Map<string, Usage>> {
  const usage = new Map<string, Usage>();
  for (const [name, { pid }] of lab.node.processes) usage.set(name, ofProcess(pid));
  usage.set('containerd-shim, one a pod', sumOf(shims().map(ofProcess)));
  for (const [pod, used] of await ofPods(lab)) usage.set(pod, used);
  return usage;
}

/** Ticks of the kernel's clock in a second, which Linux has had at 100 for all of its users for ever. */
const TICKS = 100;

function ofProcess(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const pss = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return { memory: Number(pss) * 1024, cpu: (Number(stat[11]) + Number(stat[12])) / TICKS };
}

const sumOf = (all: readonly Usage[]): Usage =>
  all.reduce((sum, { memory, cpu }) => ({ memory: sum.memory + memory, cpu: sum.cpu + cpu }), {
    memory: 0,
    cpu: 0,
  });

const shims = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => command(pid).includes('containerd-shim-runc-v2'));

function command(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly cpu?: { readonly usageCoreNanoSeconds?: number };
    readonly memory?: { readonly workingSetBytes?: number };
  }[];
}

/** Pods of the platform; those of applications are no cost of it. */
const PLATFORM = ['kube-system', 'registry'];

async function ofPods(lab: Lab): Promise<[string, Usage][]> {
  const text = await lab.kubectl('get', '--raw', `/api/v1/nodes/${LAB}/proxy/stats/summary`);
  const { pods } = JSON.parse(text) as Summary;
  return pods
    .filter(({ podRef }) => PLATFORM.includes(podRef.namespace))
    .map(({ podRef, cpu, memory }) => [
      `pod ${podRef.name.replace(/(-[0-9a-f]{8,10}-\w{5}|-\d+)$/, '')}`,
      { memory: memory?.workingSetBytes ?? 0, cpu: (cpu?.usageCoreNanoSeconds ?? 0) / 1e9 },
    ]);
}
