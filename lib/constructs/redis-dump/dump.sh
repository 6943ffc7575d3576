# Writes the keys of this pod's Redis as commands that make them again: RESTORE, with the moment at which each expires.
# Each key is as it was at one moment, all of them are not. A replica writes nothing: its master does.
# shellcheck shell=sh
PATH=$PATH:/opt/redis-stack/bin
client=$(command -v valkey-cli || command -v redis-cli) || { echo 'the image has no redis-cli' >&2; exit 1; }

# A page of keys: where to go on, then a line each. What is not plain is escaped as redis-cli reads it.
page='
local escaped = {}
for byte = 0, 255 do escaped[string.char(byte)] = string.format("\\x%02x", byte) end
local function quote(text) return "\"" .. text:gsub("[^%w]", escaped) .. "\"" end
local now = redis.call("TIME")
local found = redis.call("SCAN", ARGV[1], "COUNT", 100)
local lines = { found[1] }
for _, key in ipairs(found[2]) do
  local left, value = redis.call("PTTL", key), redis.call("DUMP", key)
  if value then
    local expires = left < 0 and "0" or string.format("%.0f", now[1] * 1000 + now[2] / 1000 + left)
    lines[#lines + 1] = table.concat({ "RESTORE", quote(key), expires, quote(value), "ABSTTL" }, " ")
  end
end
return lines'

role=$("$client" -e ROLE) || { printf '%s\n' "$role" >&2; exit 1; }
[ "${role%%
*}" = master ] || exit 0

cursor=0
while
  lines=$("$client" -e EVAL "$page" 0 "$cursor") || { printf '%s\n' "$lines" >&2; exit 1; }
  printf '%s\n' "$lines" | tail -n +2
  cursor=$(printf '%s\n' "$lines" | head -n 1)
  [ "$cursor" != 0 ]
do :; done
# Whoever reads it back knows by this one that it came whole.
echo PING
