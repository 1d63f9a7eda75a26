#!/bin/bash
# Opens our CSV in LibreOffice, headless, and shows what its cells hold. Not part of the suite: the package is
# large (apt-get install --no-install-recommends libreoffice-calc). What it showed: docs/csv-in-spreadsheets.md.
#
#   test/libreoffice/check-csv.sh [path of the built program]
set -euo pipefail

program=$(realpath "${1:-dist/o-copilot.js}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

mkdir reports
cat > messages.json <<'JSON'
{"messages":[
{"id":1,"timestamp":"2024-04-29T02:08:29.375Z","text":"","report_id":1},
{"id":2,"timestamp":"2024-04-29T02:08:29.375Z","text":"","report_id":2},
{"id":3,"timestamp":"2024-04-29T02:08:29.375Z","text":"","report_id":3},
{"id":468768768833943384,"timestamp":"2024-04-29T02:08:29.375Z","text":"","report_id":4}
]}
JSON
report() { printf '{"id":%s,"name":%s,"credit_cost":%s}' "$1" "$2" "$3" > "reports/$1.json"; }
report 1 '"Résumé 東京 €"' 9.10
report 2 '"=1+1"' 1234.5
report 3 '"a, \"b\"\nc; d"' 0.1
report 4 '"-42"' 79

# LibreOffice's own profile carries the locale, as the settings dialogue would write it.
convert() { # locale, file, filter options: separator, quote, character set, first line, ‥, language
  local profile=$folder/profile-$1
  mkdir -p "$profile/user"
  cat > "$profile/user/registrymodifications.xcu" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>$1</value></prop></item>
</oor:items>
XML
  rm -rf out
  soffice "-env:UserInstallation=file://$profile" --headless --infilter="CSV:$3" --convert-to fods --outdir out "$2" > log 2>&1 ||
    { cat log >&2; exit 1; }
}

cells() { # each cell as type and value
  python3 - "out/$1.fods" <<'PY'
import sys, xml.etree.ElementTree as tree
office, table, text = ('{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}' % n for n in ('office', 'table', 'text'))
for row in tree.parse(sys.argv[1]).iter(table + 'table-row'):
    shown = []
    for cell in row.iter(table + 'table-cell'):
        kind = cell.get(office + 'value-type')
        if kind is None:
            continue
        words = '\\n'.join(''.join(p.itertext()) for p in cell.iter(text + 'p'))
        value = cell.get(office + 'value') or cell.get(office + 'date-value') or words
        formula = cell.get(table + 'formula')
        shown.append(f'{kind}:{value}' + (f' FORMULA {formula}' if formula else ''))
    if shown:
        print('  ' + ' | '.join(shown))
PY
}

check() { # title, locale, flags of the program, filter options
  echo "$1"
  # shellcheck disable=SC2086
  node "$program" usage --csv $3 --source messages.json > bill.csv
  convert "$2" bill.csv "$4"
  cells bill
}

soffice --version
UTF8=76 # LibreOffice's number for it
check 'en-US, comma' en-US '' "44,34,$UTF8"
check 'en-US, comma, --bom' en-US '--bom' "44,34,$UTF8"
check 'de-DE, comma, read as the locale of the office' de-DE '' "44,34,$UTF8"
check 'de-DE, comma, read as English (language 1033)' de-DE '' "44,34,$UTF8,1,,1033"
check "de-DE, --delimiter ';' --bom" de-DE '--delimiter ; --bom' "59,34,$UTF8"
check "de-DE, --delimiter ';' --bom, read as English" de-DE '--delimiter ; --bom' "59,34,$UTF8,1,,1033"
check 'en-US, --no-formula-guard' en-US '--no-formula-guard' "44,34,$UTF8"
check 'en-US, ids as text (column 1 type 2)' en-US '' "44,34,$UTF8,1,1/2,1033"
