#!/usr/bin/env bash
# Runs the built program inside other systems: `npm run engines [-- [--present] [TARGET…]]`. A target is a script beside
# this one, all of them by default. What a target needs is installed first; with --present, a target whose parts are not
# all there is skipped, and nothing is installed.
set -uo pipefail
cd "$(dirname "$0")/../.."

limit=900 # seconds for each target
if [ "${1:-}" = --present ]; then
  export ENGINES_PRESENT=yes
  shift
fi
[ $# -gt 0 ] || set -- spark slurm focus openapi image deploy parquet
[ -f dist/o-copilot.js ] || npm run --silent build >/dev/null || exit 1

failed=0
results=()
for target in "$@"; do
  script="test/engines/$target.sh"
  [ -f "$script" ] || { echo "engines: no target $target" >&2; exit 64; }
  echo "== $target"
  started=$SECONDS
  result=$(timeout --kill-after=30 "$limit" bash "$script" 3>&1 >&2)
  status=$?
  case $status in
    0 | 77) ;;
    124 | 137) result="not done after $limit s" ;;
  esac
  [ $status -eq 0 ] || [ $status -eq 77 ] || failed=1
  results+=("$target: ${result:-failed with status $status}, $((SECONDS - started)) s")
done
echo
printf '%s\n' "${results[@]}"
exit $failed
