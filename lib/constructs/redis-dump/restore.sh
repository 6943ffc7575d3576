# Reads what dump.sh wrote. A key that is there stays as it is; in a Redis Cluster each goes to the shard that has it now.
# shellcheck shell=sh
PATH=$PATH:/opt/redis-stack/bin
client=$(command -v valkey-cli || command -v redis-cli) || { echo 'the image has no redis-cli' >&2; exit 1; }

"$client" -c | awk '
  /^OK/ { made++; next }
  /BUSYKEY/ { there++; next }
  /^PONG/ { whole = 1; next }
  /^$|^-> Redirected/ { next }
  { print; failed++ }
  END {
    printf "%d keys restored", made
    if (there) printf ", %d were there and stay", there
    if (failed) printf ", %d failed", failed
    print (whole ? "" : "; what was read does not end as a dump does")
    exit failed > 0 || !whole
  }'
