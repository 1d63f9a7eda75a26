#!/usr/bin/env bash
# Spark: the program of docs/distributed.md on `local[2]` and on a cluster of one master and two workers on loopback;
# a bad line, a killed worker, speculative copies of tasks.
source "$(dirname "$0")/common.sh"
command -v java >/dev/null || debian openjdk-17-jre-headless
debian jq
python_package pyspark 4.3.0
messages=${SPARK_MESSAGES:-2000000}

export PYSPARK_PYTHON SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS="$folder/local" SPARK_WORKER_DIR="$folder/work"
PYSPARK_PYTHON=$(command -v python3)
mkdir "$folder/local" "$folder/work" "$folder/events" "$folder/data"
cd "$folder/data" || exit 1
node "$repository/test/engines/messages.mjs" "$messages" messages.ndjson reports.ndjson
recipe Spark 1 >bill.py
TIMEFORMAT='%U %S'
one_process=$({ time o-copilot price --reports reports.ndjson --output whole.priced <messages.ndjson; } 2>&1)
o-copilot summary --json --output whole.json --from-priced whole.priced
by_id() { sort --field-separator=: --key=2,2n --buffer-size=512M --temporary-directory="$folder"; }
by_id <whole.priced >sorted.priced
bill() { jq -cS '.summary | del(.source)' "$1"; }

submit() { # OPTION…
  rm -rf priced bill.json
  spark-submit --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 \
    --conf spark.executor.memory=512m --conf spark.eventLog.enabled=true --conf "spark.eventLog.dir=file://$folder/events" \
    --files reports.ndjson "$@" bill.py >"$folder/submit.log" 2>&1 || { grep -E 'Error|Caused by|Exception' "$folder/submit.log" | tail -8; return 1; }
}
same_rows() { cmp <(cat priced/part-* | by_id) sorted.priced; }
same_bill() { equal "$(bill bill.json)" "$(bill whole.json)"; }
checks() { # TITLE OPTION…
  check "$1: the job succeeds" submit "${@:2}"
  check "$1: after a sort by id, the bytes of one process" same_rows
  check "$1: the merged sums of the partitions equal one summary" same_bill
}

local_mode=$({ time submit --master 'local[2]'; } 2>&1)
checks 'local[2]' --master 'local[2]'
echo "$local_mode / $one_process"
ls priced | wc -l
result x
