#!/usr/bin/env bash
# Lints the built service's /openapi.json with the recommended rules of Redocly and Spectral. They are too large for a
# devDependency (85 MB), and are kept outside the repository: in $OPENAPI_LINTERS, else ~/.cache/o-copilot-linters.
set -euo pipefail
cd "$(dirname "$0")/../.."

linters="${OPENAPI_LINTERS:-${HOME:-/tmp}/.cache/o-copilot-linters}"
if [ ! -x "$linters/node_modules/.bin/spectral" ] || [ ! -x "$linters/node_modules/.bin/redocly" ]; then
  mkdir -p "$linters"
  npm install --silent --no-save --no-package-lock --prefix "$linters" @redocly/cli@2 @stoplight/spectral-cli@6
fi

folder=$(mktemp -d)
node dist/o-copilot.js serve --source sample --port 0 --address-file "$folder/address" 2>"$folder/log" &
service=$!
trap 'kill $service 2>/dev/null || true; wait $service 2>/dev/null || true; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do
  kill -0 $service || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done
curl --silent --fail "$(cat "$folder/address")/openapi.json" >"$folder/openapi.json"
echo 'extends: [recommended]' >"$folder/redocly.yaml"
echo 'extends: ["spectral:oas"]' >"$folder/spectral.yaml"

export REDOCLY_TELEMETRY=off
redocly=$("$linters/node_modules/.bin/redocly" lint --config "$folder/redocly.yaml" --format=json "$folder/openapi.json" 2>/dev/null) || true
echo "$redocly" | node -e '
  const { totals } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  console.log("redocly:", JSON.stringify(totals));
  process.exit(totals.errors + totals.warnings > 0 ? 1 : 0);' || { echo "$redocly" >&2; exit 1; }
"$linters/node_modules/.bin/spectral" lint --fail-severity=hint --ruleset "$folder/spectral.yaml" "$folder/openapi.json"
