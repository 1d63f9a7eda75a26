# Sourced by each target: what it needs, a temporary folder with `o-copilot` on the PATH, checks, and the result.
set -uo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache="${ENGINES_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/o-copilot-engines}"
folder=$(mktemp -d)
passed=0
failed=0

# A copy, which a build at the same time does not change.
mkdir "$folder/bin" "$folder/program"
cp -r "$repository/dist" "$repository/package.json" "$folder/program"
ln -s "$repository/node_modules" "$folder/program/node_modules"
ln -s ../program/dist/o-copilot.js "$folder/bin/o-copilot"
PATH="$folder/bin:$PATH:/usr/sbin"
trap 'clean_up >/dev/null 2>&1; rm -rf "$folder"' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

clean_up() { :; } # a target replaces it to end what it started

# The result line goes to descriptor 3, which the runner reads.
{ : >&3; } 2>/dev/null || exec 3>&1

absent() { # the target is skipped where nothing may be installed
  [ -z "${ENGINES_PRESENT:-}" ] && return
  echo "skipped, $1 is missing" >&3
  exit 77
}

debian() { # PACKAGE…
  local missing=()
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return
  absent "${missing[*]}"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

python_at_least() { # MINOR: an interpreter of Python 3.MINOR or later
  local candidate
  for candidate in python3 python3.{12..15} "${HOME:-}"/.pyenv/versions/3.*/bin/python3; do
    if "$candidate" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, $1))" 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "skipped, Python 3.$1 is missing" >&3
  return 1
}

python_package() { # NAME VERSION [MINOR [REQUIREMENT…]]: into an environment of its own, whose programs come first on the PATH
  local environment="$cache/$1-$2" python
  if [ ! -f "$environment/complete" ]; then
    absent "$1 $2"
    python=$(python_at_least "${3:-9}") || exit 77
    mkdir -p "$cache" && rm -rf "$environment"
    "$python" -m venv "$environment" && "$environment/bin/pip" install --quiet --disable-pip-version-check "$1==$2" "${@:4}" || exit 1
    touch "$environment/complete"
  fi
  PATH="$environment/bin:$PATH"
}

npm_package() { # NAME VERSION
  local prefix="$cache/$1-$2"
  if [ ! -f "$prefix/complete" ]; then
    absent "$1 $2"
    mkdir -p "$prefix"
    npm install --silent --no-save --no-package-lock --ignore-scripts --prefix "$prefix" "$1@$2" || exit 1
    touch "$prefix/complete"
  fi
  PATH="$prefix/node_modules/.bin:$PATH"
}

check() { # TITLE COMMAND…
  local title=$1
  shift
  if "$@"; then
    echo "  ok      $title"
    passed=$((passed + 1))
  else
    echo "  FAILED  $title"
    failed=$((failed + 1))
  fi
}

fails() { ! "$@"; }

equal() { # ACTUAL EXPECTED
  [ "$1" = "$2" ] || { printf 'expected: %s\nactual:   %s\n' "$2" "$1"; return 1; }
}

wait_for() { # SECONDS COMMAND…: until the command succeeds
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $until ] || return 1
    sleep 0.2
  done
}

recipe() { # HEADING N: the Nth block of code below that heading of docs/distributed.md
  awk -v heading="## $1" -v wanted="$2" '
    /^## / { found = $0 == heading }
    found && /^```/ { inside = !inside; block += inside; next }
    found && inside && block == wanted' "$repository/docs/distributed.md"
}

result() { # what ran, with versions
  echo "$passed passed, $failed failed; $1" >&3
  [ $failed -eq 0 ]
}
