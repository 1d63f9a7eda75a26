#!/usr/bin/env bash
# DuckDB (its npm package) and Arrow (pyarrow) read a Parquet file of a million messages: the types, the exact total, every
# instant and id. No binary float is involved.
source "$(dirname "$0")/common.sh"
duckdb=1.5.6-r.1
arrow=26.0.1
python_package pyarrow "$arrow"
if [ ! -d "$cache/duckdb-$duckdb/node_modules" ]; then
  absent "duckdb $duckdb"
  npm install --silent --no-save --no-package-lock --prefix "$cache/duckdb-$duckdb" "@duckdb/node-api@$duckdb" || exit 1
fi

cd "$folder" || exit 1
node "$repository/test/engines/messages.mjs" 1000000 messages.ndjson reports.ndjson
{ printf '{"messages":['; paste -sd, messages.ndjson; printf ']}'; } >messages.json
mkdir reports
while read -r report; do
  id=${report#*:}
  printf '%s' "$report" >"reports/${id%%,*}.json"
done <reports.ndjson
fields=message_id,timestamp,report_name,credits_used,report_id,kind,date,cost,currency
export O_COPILOT_SOURCE=messages.json O_COPILOT_CREDIT_PRICE=0.0175 O_COPILOT_CURRENCY=GBP
o-copilot --fields "$fields" --output bill.parquet || exit 1
o-copilot --fields "$fields" --output bill.ndjson || exit 1
total=$(o-copilot summary --json | jq --raw-output .summary.total.credits)

duckdb_says() { # SQL: its first value
  (cd "$cache/duckdb-$duckdb" && node --input-type=module -e '
    import { DuckDBInstance } from "@duckdb/node-api";
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run("SET TimeZone = \x27UTC\x27");
    const reader = await connection.runAndReadAll(process.argv[1]);
    console.log(String(reader.getRows()[0][0]));' "$1")
}
file="'$folder/bill.parquet'"
check 'DuckDB: the exact total' equal "$(duckdb_says "SELECT sum(credits_used)::DECIMAL(20, 2) FROM $file")" "$(printf '%.2f' "$total")"
check 'DuckDB: the exact cost' equal "$(duckdb_says "SELECT sum(cost) = sum(credits_used) * 0.0175 FROM $file")" true
check 'DuckDB: the types' equal "$(duckdb_says "SELECT string_agg(column_type, ' ') FROM (DESCRIBE SELECT * FROM $file)")" \
  'BIGINT TIMESTAMP WITH TIME ZONE VARCHAR DECIMAL(38,18) VARCHAR VARCHAR DATE DECIMAL(38,18) VARCHAR'
check 'DuckDB: a filter on instants and amounts skips no row' equal \
  "$(duckdb_says "SELECT count(*) FROM $file WHERE timestamp >= '2024-04-01 00:08:20Z' AND credits_used > 50")" \
  "$(jq --raw-output 'select(.timestamp >= "2024-04-01T00:08:20" and .credits_used > 50) | 1' bill.ndjson | wc -l | tr -d ' ')"

every_row() {
  python3 - <<'PY'
import json
from decimal import Decimal
import pyarrow.parquet as parquet
file = parquet.ParquetFile('bill.parquet')
lines = open('bill.ndjson')
count = 0
for batch in file.iter_batches():
    for row in batch.to_pylist():
        item = json.loads(next(lines), parse_float=Decimal)
        row['timestamp'] = row['timestamp'].strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3] + 'Z'
        row['date'] = str(row['date'])
        row = {name: value for name, value in row.items() if value is not None}
        item['report_id'] = str(item['report_id']) if 'report_id' in item else None
        item = {name: value for name, value in item.items() if value is not None}
        if row != item: raise SystemExit(f'{row} is not {item}')
        count += 1
print(f'  {count} rows, {file.num_row_groups} row groups')
PY
}
check 'Arrow: every value of every row' every_row

result "@duckdb/node-api $duckdb, pyarrow $arrow"
