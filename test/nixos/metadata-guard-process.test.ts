import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';
import { describeWith, run, temporaryFolders } from './tools.js';

/*
 * The rules that keep pods from the droplet's metadata, loaded into a kernel: a machine, a pod behind it and a cloud in
 * front of it are network namespaces of their own.
 */
const RULES = join(ROOT, 'nixos/modules/metadata-guard.nft');
const METADATA = '169.254.169.254';
const ELSEWHERE = '198.51.100.1';

/** Says "open" or "shut" of an address. */
const LOOK = `
const socket = require('node:net').connect({ host: process.argv[2], port: 80 });
const end = (what) => () => { console.log(what); process.exit(); };
socket.on('connect', end('open')).on('error', end('shut')).setTimeout(1500, end('shut'));
`;
const SERVE = `require('node:net').createServer((socket) => socket.end()).listen(80, () => console.log('up'));`;

const STAGE = `
set -eu
mount -t tmpfs none /run
mkdir /run/netns
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
for name in pod cloud; do
  ip netns add "$name"
  ip -n "$name" link set lo up
  ip link add "$name" type veth peer name eth0 netns "$name"
  ip link set "$name" up
  ip -n "$name" link set eth0 up
done
ip addr add 10.42.0.1/24 dev pod
ip -n pod addr add 10.42.0.2/24 dev eth0
ip -n pod route add default via 10.42.0.1
ip addr add 192.0.2.1/24 dev cloud
ip route add ${METADATA} dev cloud
ip route add ${ELSEWHERE} dev cloud
ip -n cloud addr add 192.0.2.2/24 dev eth0
ip -n cloud addr add ${METADATA}/32 dev lo
ip -n cloud addr add ${ELSEWHERE}/32 dev lo
ip -n cloud route add default via 192.0.2.1
mkfifo /run/started
ip netns exec cloud "$NODE" serve.js > /run/started &
server=$!
read -r _ < /run/started
look() {
  printf '%s: pod %s, pod elsewhere %s, machine %s\\n' "$1" \\
    "$(ip netns exec pod "$NODE" look.js ${METADATA})" \\
    "$(ip netns exec pod "$NODE" look.js ${ELSEWHERE})" \\
    "$("$NODE" look.js ${METADATA})"
}
look before
nft --file "$RULES"
look loaded
nft --file "$RULES"
look 'loaded again'
echo "tables: $(nft list tables | wc -l)"
kill "$server"
`;

const NAMESPACES = ['--net', '--mount', '--propagation', 'private'];

/** Why there can be no namespaces here. */
function unable(): string | undefined {
  const { status, stderr } = spawnSync('unshare', [...NAMESPACES, 'mount', '-t', 'tmpfs', 'none', '/run'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : stderr?.trim() || 'there is no unshare';
}

const why = unable();
if (why !== undefined) process.stderr.write(`metadata-guard-process.test.ts: skipped: ${why}\n`);
const able = why === undefined ? describeWith('nft', 'nftables') : describe.skip;

able('the metadata guard', () => {
  const temporary = temporaryFolders();

  test('a pod does not reach the metadata, and everything else; the machine does; loading twice is as once', () => {
    const cwd = temporary();
    for (const [name, text] of Object.entries({ 'look.js': LOOK, 'serve.js': SERVE }))
      writeFileSync(join(cwd, name), text);
    const env = { NODE: process.execPath, RULES };
    const { status, stdout, stderr } = run('unshare', [...NAMESPACES, 'sh', '-c', STAGE], { cwd, env });
    expect({ status, stdout, stderr }).toMatchObject({
      status: 0,
      stdout: [
        'before: pod open, pod elsewhere open, machine open',
        'loaded: pod shut, pod elsewhere open, machine open',
        'loaded again: pod shut, pod elsewhere open, machine open',
        'tables: 1',
        '',
      ].join('\n'),
    });
  });
});
