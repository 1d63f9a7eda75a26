#!/usr/bin/env bash
# The official validator of FOCUS on exports with and without a price: the rules that fail are those of docs/focus.md.
source "$(dirname "$0")/common.sh"
python_package focus-validator 2.2.1 12 pyarrow==20.0.0

# It looks for its rules below the folder in which it runs.
cd "$(python3 -c 'import focus_validator, pathlib; print(pathlib.Path(focus_validator.__file__).parents[1])')" || exit 1

documented() { # EXPORT…: the rules of the table in docs/focus.md
  local row
  for row in "$@"; do grep -P "^\| \`.*\| $row \|" "$repository/docs/focus.md" | cut -d'|' -f2 | grep -oP '[A-Za-z]+-[A-Z]-\d+-[A-Z]'; done | sort
}
failing() { # FILE: the rules that fail by themselves, not through a rule that they consist of
  focus-validator --block-download --validate-version 1.2.0.1 --data-file "$1" >"$folder/report" 2>&1
  grep -q 'PASS' "$folder/report" || { tail -5 "$folder/report" >&2; return; }
  grep -P ': FAIL ' "$folder/report" | grep -vP 'child rules' | grep -oP '\S+(?=: FAIL)' | sort
}
export_of() { # FILE OPTION…
  o-copilot usage --source sample --format focus --output "$@" 2>/dev/null
}
export_of "$folder/without.csv"
export_of "$folder/with.csv" --credit-price 0.02 --currency GBP --account-id ACME-4711 --account-name 'Acme Ltd'
check 'without a price, the documented rules fail' equal "$(failing "$folder/without.csv")" "$(documented 'without a price' both)"
echo "          of $(grep -cP ': (PASS|FAIL)' "$folder/report") that it checked"
check 'with a price, the documented rules fail' equal "$(failing "$folder/with.csv")" "$(documented both)"

result 'focus-validator 2.2.1, FOCUS 1.2.0.1'
