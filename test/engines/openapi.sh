#!/usr/bin/env bash
# Schemathesis against the running service, which asks for tokens: requests made from its OpenAPI document, right and wrong
# ones, all checks.
source "$(dirname "$0")/common.sh"
python_package schemathesis 4.32.5 10

cd "$folder" || exit 1
token=$(node -p 'crypto.randomBytes(32).toString("hex")')
o-copilot serve --hash-token schemathesis <<<"$token" >tokens
o-copilot serve --source sample --credit-price 0.02 --currency GBP --port 0 --address-file address --tokens tokens --rate-limit off 2>log &
service=$!
clean_up() { kill "$service"; wait "$service"; }
wait_for 30 test -s address || { cat log; exit 1; }
base=$(cat address)

TIME_ZONES=$(node -p 'Intl.supportedValuesOf("timeZone").join(" ")')
export TIME_ZONES SCHEMATHESIS_HOOKS=openapi_values PYTHONPATH="$repository/test/engines" PYTHONDONTWRITEBYTECODE=1
requests() { # HEADER…
  local headers=()
  for header in "$@"; do headers+=(--header "$header"); done
  schemathesis run "$base/openapi.json" "${headers[@]}" --checks all --continue-on-failure --seed "${SEED:-1}" \
    --max-examples "${EXAMPLES:-50}" --no-color
}
check 'no check fails' requests "Authorization: Bearer $token"
check 'the service is still alive' curl --silent --fail --output health "$base/health"

result 'schemathesis 4.32.5'
