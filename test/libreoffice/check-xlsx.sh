#!/bin/bash
# Opens our workbooks in LibreOffice, headless, in English, German and French: every cell has the value and the type that
# it should have, no text runs, and the sum is that of the bill. Where Python has openpyxl, it reads the file too. Not part
# of the suite: the package is large (apt-get install --no-install-recommends libreoffice-calc).
#
#   test/libreoffice/check-xlsx.sh [path of the built program]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:-dist/o-copilot.js}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# shellcheck source=test/libreoffice/convert.sh
source "$here/convert.sh"

mkdir reports
python3 - <<'PY'
import json
names = ['Résumé 東京 €', '=1+1', "'=1+1", '+1+1', '-42', '@SUM(1;1)', '\t=1+1', ' lead ', 'a\nb', 'a\rb', '\x00\x1f',
         '_x0041_', '<b>&amp;', '1e3', '1/2', '12:30', '1.000,5', 'TRUE', '007']
costs = ['9.10', '1234.5', '0.125', '79', '12345678.123456']
messages = [{'id': index + 1, 'timestamp': '2024-04-29T02:08:29.%03dZ' % (index * 37), 'text': name, 'report_id': index + 1}
            for index, name in enumerate(names)]
messages.append({'id': 468768768833943384, 'timestamp': '2024-04-29T02:08:29.3751Z', 'text': '', 'report_id': 1})
json.dump({'messages': messages}, open('messages.json', 'w'))
for index, name in enumerate(names):
    report = '{"id":%d,"name":%s,"credit_cost":%s}' % (index + 1, json.dumps(name), costs[index % len(costs)])
    open(f'reports/{index + 1}.json', 'w').write(report)
PY
node "$program" usage --source messages.json --xlsx > bill.xlsx
node "$program" usage --source messages.json --json > bill.json

soffice --version
failed=0
for locale in en-US de-DE fr-FR; do
  convert "$locale" bill.xlsx
  python3 - "$locale" <<'PY' || failed=1
import json, re, sys, xml.etree.ElementTree as tree
from decimal import Decimal
office, table, text = ('{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}' % n for n in ('office', 'table', 'text'))
bill = json.load(open('bill.json'), parse_float=Decimal)['usage']
document = tree.parse('out/bill.fods')
rows, formulas = [], []
for row in document.iter(table + 'table-row'):
    found = []
    for cell in row.iter(table + 'table-cell'):
        formulas += [cell.get(table + 'formula')] if cell.get(table + 'formula') else []
        kind = cell.get(office + 'value-type')
        shown = '\n'.join(''.join(p.itertext()) for p in cell.iter(text + 'p'))
        found += [(kind, cell.get(office + 'value'), shown)] * min(4, int(cell.get(table + 'number-columns-repeated', 1)))
    if any(kind for kind, _, _ in found):
        rows.append(found)
head, *body, total = rows
problems = []
def expect(what, actual, wanted):
    if actual != wanted: problems.append(f'{what}: {actual!r}, not {wanted!r}')
expect('rows', len(body), len(bill))
for row, item in zip(body, bill):
    where = f"message {item['message_id']}"
    long = item['message_id'] > 10 ** 15
    expect(f'{where} id', (row[0][0], row[0][2]), ('string' if long else 'float', str(item['message_id'])))
    expect(f'{where} time', (row[1][0], row[1][2].replace(',', '.')),
           ('string', item['timestamp']) if long else ('date', item['timestamp'].replace('T', ' ').rstrip('Z')))
    expect(f'{where} name', row[2][0], 'string')
    # LibreOffice itself has no control characters.
    wanted, shown = (re.sub(r'[\x00-\x20]+', ' ', each).strip() for each in (item['report_name'], row[2][2]))
    if '\x00' not in item['report_name']: expect(f'{where} name', shown, wanted)
    expect(f'{where} credits', (row[3][0], Decimal(row[3][1])), ('float', item['credits_used']))
expect('formulas', formulas, [f'of:=SUBTOTAL(109;[.D2:.D{len(bill) + 1}])'])
expect('sum', Decimal(total[3][1]).quantize(Decimal('1e-6')), sum(item['credits_used'] for item in bill).quantize(Decimal('1e-6')))
expect('filter', [each.get(table + 'target-range-address') for each in document.iter(table + 'database-range')],
       [f'usage.A1:usage.D{len(bill) + 1}'])
print(f'{sys.argv[1]}: {len(body)} rows, total {total[3][2]}, {len(problems)} problems', *problems, sep='\n  ')
sys.exit(bool(problems))
PY
done

if python3 -c 'import openpyxl' 2>/dev/null; then
  python3 - <<'PY' || failed=1
import json, openpyxl, re
from decimal import Decimal
bill = json.load(open('bill.json'), parse_float=Decimal)['usage']
_, *body, total = openpyxl.load_workbook('bill.xlsx', data_only=True).active.values
# It leaves the escapes of ECMA-376 in the text of a cell as they are.
names = [(re.sub(r'[\x00-\x08\x0b-\x1f]|_(?=x)', lambda each: '_x%04X_' % ord(each[0]), item['report_name']),
          item['credits_used']) for item in bill]
read = [(name, Decimal(str(credits))) for _, _, name, credits in body]
same = read == names and Decimal(str(total[3])) == sum(item['credits_used'] for item in bill)
print(f'openpyxl {openpyxl.__version__}: {len(body)} rows, total {total[3]}, {"the same" if same else "DIFFERENT"}')
raise SystemExit(not same)
PY
fi
exit $failed
