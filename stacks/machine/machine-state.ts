import type { Ssh } from './ssh.js';

/** What a machine is at this moment. */
export interface MachineState {
  /** `installing`: still Ubuntu, on the way to NixOS, or about to restart into it. */
  readonly phase: 'failed' | 'installing' | 'nixos';
  /** The failure's text, or the step of the installation. */
  readonly detail: string;
  /** Whether k3s is ready. */
  readonly ready: boolean;
  /** sha256 of the configuration that was last confirmed; undefined where there was none yet. */
  readonly tree?: string;
  /** k3s' package in that configuration. */
  readonly k3s?: string;
  /** The system that is being tried. */
  readonly trying?: string;
  /** Whether its activation is still under way. */
  readonly activating: boolean;
  /** What was last rolled back, and why. */
  readonly rolledBack?: string;
}

/** Beside the files of a tree: what was uploaded, and once confirmed what runs. */
export const TREE_MARK = '.keelson-tree';

/** The same root as in the machine's own scripts. */
export const ROOT = 'root=$' + '{KEELSON_ROOT:-}';

const SCRIPT = `${ROOT}
say() { [ -z "$2" ] || printf '%s=%s\\n' "$1" "$2"; }
line() { value=; { read -r value <"$root/$2"; } 2>/dev/null || true; say "$1" "$value"; }
if [ -e "$root/etc/keelson/failed" ]; then
  say phase failed
  tail -n 45 "$root/etc/keelson/failed" | sed 's/^/detail=/'
elif [ ! -e "$root/etc/NIXOS" ] || [ ! -e "$root/run/current-system" ]; then
  say phase installing
  say detail "$(sed -n 's/^keelson: //p' "$root/var/log/keelson-infect.log" 2>/dev/null | tail -n 1)"
else
  say phase nixos
  line tree etc/nixos/${TREE_MARK}
  say k3s "$(sed -nE 's/^ *"k3s": *"([a-z0-9_]+)".*/\\1/p' "$root/etc/nixos/node.json" 2>/dev/null)"
  line trying run/keelson/trying
  line rolledBack run/keelson/rolled-back
  ! systemctl is-active --quiet keelson-activate.service || say activating yes
  ! keelson-ready 2>/dev/null || say ready yes
fi
`;

/** @throws SshError where it cannot be asked. */
export async function machineState(ssh: Ssh): Promise<MachineState> {
  const { stdout } = await ssh.run(SCRIPT, { what: 'look at the machine' });
  return parseState(stdout);
}

export function parseState(text: string): MachineState {
  const pairs = text
    .split('\n')
    .map((line) => /^(\w+)=(.*)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, key = '', value = '']) => [key, value] as const);
  const all = new Map(pairs);
  const phase = all.get('phase');
  return {
    phase: phase === 'failed' || phase === 'nixos' ? phase : 'installing',
    detail: pairs
      .filter(([key]) => key === 'detail')
      .map(([, value]) => value)
      .join('\n'),
    ready: all.has('ready'),
    activating: all.has('activating'),
    tree: all.get('tree'),
    k3s: all.get('k3s'),
    trying: all.get('trying'),
    rolledBack: all.get('rolledBack'),
  };
}
