#!/usr/bin/env bash
# The image: buildah builds the Dockerfile without a daemon, on a base made of Debian and this machine's Node under the name
# that the Dockerfile gives. It runs as compose.yaml says, in namespaces of its own: read-only, as `node`, without capabilities.
source "$(dirname "$0")/common.sh"
debian buildah debootstrap jq iproute2
base=$(awk '/^FROM/ { print $2; exit }' "$repository/Dockerfile")

# Debian and Node, as files: made once.
files="$cache/image-$(node --version)"
if [ ! -f "$files/complete" ]; then
  absent 'the base of the image'
  rm -rf "$files" && mkdir -p "$files"
  mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources 2>/dev/null)
  debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$files/root" "${mirror:-}" >"$files/log" || exit 1
  rm -rf "$files"/root/var/{cache/apt,lib/apt/lists}/*
  # The certificates and settings with which this machine's npm reaches its registry.
  cp /etc/ssl/certs/ca-certificates.crt "$files/root/etc/ssl/certs/"
  npm config list --json | jq -r 'to_entries[] | select(.key | IN("registry", "cafile")) | select(.value) | "\(.key)=\(.value)"' \
    >"$files/root/root/.npmrc"
  mkdir -p "$files/root/usr/local/lib/node_modules"
  cp "$(node -p process.execPath)" "$files/root/usr/local/bin/node"
  cp -r "$(npm root --global)/npm" "$files/root/usr/local/lib/node_modules/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$files/root/usr/local/bin/npm"
  chroot "$files/root" useradd --uid 1000 --user-group --create-home node
  touch "$files/complete"
fi

storage=(--root "$folder/storage" --runroot "$folder/runroot" --storage-driver vfs)
container() { buildah "${storage[@]}" "$@"; }
clean_up() {
  kill -KILL "$serving"
  container rm --all
}
working=$(container from scratch) && container add --quiet "$working" "$files/root" / >/dev/null &&
  container config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$working" &&
  container commit --quiet "$working" "docker.io/library/$base" >/dev/null && container rm "$working" >/dev/null || exit 1

build() { container build --format docker --isolation chroot --network host --pull-never --tag o-copilot "$repository" >"$folder/build.log" 2>&1 || { tail -20 "$folder/build.log"; return 1; }; }
check 'the Dockerfile builds' build
working=$(container from --pull-never o-copilot) && root=$(container mount "$working") || exit 1
size=$(du -sm "$root/app" | cut -f1)
check 'the program takes at most 20 MB of it' test "$size" -le 20
container inspect --type image o-copilot >"$folder/image.json"
image() { jq -c ".Docker.config.$1" "$folder/image.json"; }
check 'it runs as node' equal "$(image User)" '"node"'
check 'it stops by SIGTERM' equal "$(image StopSignal)" '"SIGTERM"'

# What compose.yaml says: read_only, tmpfs, cap_drop, no-new-privileges, secrets; a network of its own.
cd "$folder" || exit 1
serving=
token=$(node -p 'crypto.randomBytes(32).toString("hex")')
o-copilot serve --hash-token someone <<<"$token" >tokens
chmod 644 tokens
mkdir -p "$root/run/secrets" && touch "$root/run/secrets/tokens"
mapfile -t environment < <(image Env | jq -r '.[]')
mapfile -t entrypoint < <(image Entrypoint | jq -r '.[]')
run() { # OPEN_FILES WORD…
  exec unshare --mount --pid --net --fork --kill-child sh -ec '
    root=$1 tokens=$2 files=$3
    shift 3
    mount --bind "$root" "$root"
    mount --rbind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o size=1g,mode=1777 tmpfs "$root/tmp"
    mount --bind "$tokens" "$root/run/secrets/tokens"
    mount -o remount,bind,ro "$root"
    ip link set lo up
    exec prlimit --nofile="$files:$files" chroot "$root" setpriv --reuid 1000 --regid 1000 --clear-groups \
      --no-new-privs --bounding-set=-all --inh-caps=-all env --ignore-environment --chdir=/app "$@"
  ' sh "$root" "$folder/tokens" "$1" "${environment[@]}" "${entrypoint[@]}" "${@:2}"
}
o-copilot usage --source sample --json >expected.json
as_outside() { (run 4096 usage --source sample --json) | cmp - expected.json; }
check 'usage --source sample gives the bytes that it gives outside' as_outside

inside() { # WORD…: as the program, in its namespaces
  nsenter --target "$(pgrep -P "$serving")" --mount --pid --net --root --setuid 1000 --setgid 1000 \
    env --ignore-environment --chdir=/app "${environment[@]}" "$@"
}
healthy() { inside $(image Healthcheck.Test | jq -r '.[1:] | join(" ")'); }
refused() { # COMMAND: by the read-only root
  grep -q 'Read-only file system\|EROFS' <<<"$(inside sh -c "$1" 2>&1)"
}
request() { # PATH HEADERS…: the status
  inside node -e 'fetch("http://127.0.0.1:8080" + process.argv[1], { headers: JSON.parse(process.argv[2]) })
    .then(({ status }) => console.log(status))' "$1" "${2:-{\}}"
}
serves() { # OPEN_FILES
  (run "$1" serve --source sample --tokens /run/secrets/tokens 2>>"$folder/log") &
  serving=$!
  check "serve: becomes healthy ($1 open files)" wait_for 60 healthy
  check 'has that limit' equal "$(inside sh -c 'grep "open files" /proc/1/limits' | awk '{ print $4, $5 }')" "$1 $1"
  check 'runs as node, without capabilities or new privileges' equal \
    "$(inside sh -c 'grep -E "^(Uid|CapEff|CapBnd|NoNewPrivs)" /proc/1/status' | awk '{ print $2 }' | paste -sd' ')" \
    '1000 0000000000000000 0000000000000000 1'
  check 'cannot write to its root' refused 'echo >/app/x'
  check 'answers who has a token' equal "$(request /usage "{\"authorization\":\"Bearer $token\"}")" 200
  check 'and nobody else' equal "$(request /usage)" 401
  check 'takes 300 connections at once' equal "$(inside node -e '
    const all = Array.from({ length: 300 }, () => fetch("http://127.0.0.1:8080/health").then(({ status }) => status));
    Promise.all(all).then((found) => console.log([...new Set(found)].join()))')" 200
  kill -TERM "$(pgrep -P "$serving")"
  wait "$serving"
  check 'SIGTERM ends it with status 0' equal $? 0
}
serves 16384
serves 1024

result "buildah $(buildah --version | awk '{ print $3 }'), Node $(node --version); the program takes $size MB"
