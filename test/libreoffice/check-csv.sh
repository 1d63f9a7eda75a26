#!/bin/bash
# Opens our CSV and TSV in LibreOffice, headless, and shows what its cells hold; fails where a cell runs. Not part of the
# suite: the package is large (apt-get install --no-install-recommends libreoffice-calc). What it showed:
# docs/csv-in-spreadsheets.md.
#
#   test/libreoffice/check-csv.sh [path of the built program]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:-dist/o-copilot.js}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# shellcheck source=test/libreoffice/convert.sh
source "$here/convert.sh"

# Names that a spreadsheet runs, alone or behind what it may take for a separator, and names that it reads as text.
mkdir reports
python3 - <<'PY'
import json
names = ['Résumé 東京 €', '=1+1', "'=1+1", "''=1+1", '+1+1', '-42', '-1+1', '@SUM(1;1)', '\t=1+1', '\r=1+1', '\n=1+1',
         ' =1+1', 'x;=1+1', 'x;=1+1;y', 'x,=1+1', 'x\t=1+1', 'a\n=1+1\nb', 'a, "b"\nc; d', '"=1+1', '"";=1+1', '＝1+1',
         '=HYPERLINK("http://example.invalid","x")', "=cmd|'/C calc'!A0", '\u200b=1+1', '\ufeff=1+1', '=SOMME(1;1)', '=SUMME(1;1)',
         '{=1+1}', '1e3', '1/2', '12:30', '1.000,5', 'TRUE']
costs = ['9.10', '1234.5', '0.1', '79']
messages = [{'id': index + 1, 'timestamp': '2024-04-29T02:08:29.375Z', 'text': name, 'report_id': index + 1}
            for index, name in enumerate(names)]
messages.append({'id': 468768768833943384, 'timestamp': '2024-04-29T02:08:29.375Z', 'text': '', 'report_id': 1})
json.dump({'messages': messages}, open('messages.json', 'w'))
json.dump(names + names[:1], open('names.json', 'w'))
for index, name in enumerate(names):
    report = '{"id":%d,"name":%s,"credit_cost":%s}' % (index + 1, json.dumps(name), costs[index % len(costs)])
    open(f'reports/{index + 1}.json', 'w').write(report)
PY

# Rows, formulas that ran, names that arrived as text (the guard's ' counted), credits that arrived as numbers. With
# `safe` the check fails where a cell runs, or where a row was split.
cells() {
  python3 - "out/bill.fods" "$1" <<'PY'
import json, sys, xml.etree.ElementTree as tree
office, table, text = ('{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}' % n for n in ('office', 'table', 'text'))
names = json.load(open('names.json'))
rows, formulas = [], []
for row in tree.parse(sys.argv[1]).iter(table + 'table-row'):
    found = []
    for cell in row.iter(table + 'table-cell'):
        if cell.get(office + 'value-type') is None:
            continue
        if cell.get(table + 'formula'):
            formulas.append(cell.get(table + 'formula'))
        found.append((cell.get(office + 'value-type'), cell.get(office + 'value')))
    if found:
        rows.append(found)
whole = [row for row in rows[1:] if len(row) == 4]
as_text = sum(row[2][0] == 'string' for row in whole)
numbers = sum(row[3][0] == 'float' for row in whole)
print(f'  {len(rows) - 1} rows, {len(whole)} of them whole; {as_text} names as text, {numbers} credits as numbers; '
      f'{len(formulas)} formulas {" ".join(sorted(set(formulas)))}')
if sys.argv[2] == 'safe' and (formulas or len(whole) != len(names)):
    print('  FAILED'); sys.exit(1)
PY
}

failed=0
check() { # safe or any, title, locale, flags of the program, options of the filter: separators, quote, character set, first line, ‥, language
  echo "$2"
  # shellcheck disable=SC2086
  node "$program" usage $4 --source messages.json > bill.csv
  convert "$3" bill.csv "CSV:$5"
  cells "$1" || failed=1
}

soffice --version
UTF8=76 # LibreOffice's number for it
for locale in en-US de-DE fr-FR; do
  check safe "$locale, comma" "$locale" --csv "44,34,$UTF8"
  check safe "$locale, comma, every usual separator ticked" "$locale" --csv "44/59/9,34,$UTF8"
  check safe "$locale, comma, read as English (language 1033)" "$locale" --csv "44,34,$UTF8,1,,1033"
  check safe "$locale, --delimiter ';' --bom" "$locale" '--csv --delimiter ; --bom' "59,34,$UTF8"
  check safe "$locale, --delimiter tab" "$locale" '--csv --delimiter tab' "9,34,$UTF8"
  check safe "$locale, --tsv" "$locale" --tsv "9,34,$UTF8"
  check any "$locale, comma, opened as if ; separated" "$locale" --csv "59,34,$UTF8"
  check any "$locale, --no-formula-guard" "$locale" '--csv --no-formula-guard' "44,34,$UTF8"
done
exit $failed
