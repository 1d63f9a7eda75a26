#!/usr/bin/env bash
# Runs the built program's tests on every Node it promises to run on. The binaries come from npm's `node` package
# and are kept outside the repository: in $TEST_NODES, else ~/.cache/o-copilot-nodes.
# Usage: test/node-versions.sh [VERSION…]   (default: 20 22 24 and the newest)
set -euo pipefail
cd "$(dirname "$0")/.."

nodes="${TEST_NODES:-${HOME:-/tmp}/.cache/o-copilot-nodes}"
smoke=(test/process/usage.test.ts test/process/summary.test.ts test/process/receipt.test.ts
  test/process/rates.test.ts test/engine/unicode.test.ts test/process/price.test.ts test/process/focus.test.ts test/source/http
  test/process/binary-formats.test.ts test/process/other-systems.test.ts test/output/lock.test.ts test/format/typed.test.ts)

[ $# -gt 0 ] || set -- 20 22 24 latest
for version in "$@"; do
  folder="$nodes/$version"
  node="$folder/node_modules/node/bin/node"
  if [ ! -x "$node" ]; then
    mkdir -p "$folder"
    npm install --silent --no-save --no-package-lock --ignore-scripts=false --prefix "$folder" "node@$version"
  fi
  echo "== Node $("$node" --version)"
  PATH="$(dirname "$node"):$PATH" "$node" node_modules/vitest/vitest.mjs run --reporter=dot "${smoke[@]}"
done
