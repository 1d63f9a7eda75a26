#!/usr/bin/env bash
# The files that deploy the service: compose.yaml against the schema of the Compose Specification (it comes with dclint), and
# the systemd units, by systemd-analyze.
source "$(dirname "$0")/common.sh"
debian systemd
npm_package dclint 3.1.0

valid() { dclint --quiet --color=false "$1"; }
invalid() { grep -q "must NOT have additional properties" <<<"$(valid "$1" 2>&1)"; }
cp "$repository/compose.yaml" "$folder/compose.yaml"
sed 's/stop_grace_period:/stop_grace_time:/' "$repository/compose.yaml" >"$folder/wrong.yaml"
check 'compose.yaml is valid' valid "$folder/compose.yaml"
check 'an unknown key is found' invalid "$folder/wrong.yaml"

exposure() { # a score of at most 2.0
  local score
  score=$(systemd-analyze security --offline=true --no-pager "$1" | grep -oP 'Overall exposure level for \S+: \K[0-9.]+')
  echo "          $(basename "$1"): exposure $score"
  awk -v score="${score:-10}" 'BEGIN { exit score > 2 }'
}
# As the comments of the unit say for clients with tokens, too.
sed -E 's/^#(LoadCredential|Environment)=/\1=/' "$repository/deploy/o-copilot.service" >"$folder/o-copilot-tokens.service"
for unit in "$repository"/deploy/*.service "$folder"/*.service; do
  check "systemd accepts $(basename "$unit")" systemd-analyze verify --man=no "$unit"
  check 'and finds little exposed (at most 2.0)' exposure "$unit"
done

result "dclint 3.1.0, systemd $(systemd-analyze --version | awk 'NR == 1 { print $2 }')"
