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
one_process=$({ time o-copilot price --reports reports.ndjson --output whole.priced <messages.ndjson; } 2>&1) || exit 1
o-copilot summary --json --output whole.json --from-priced whole.priced || exit 1
settings=(--conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1
  --conf spark.executor.memory=512m --conf spark.eventLog.enabled=true --conf "spark.eventLog.dir=file://$folder/events"
  --conf spark.eventLog.rolling.enabled=false --conf spark.eventLog.compress=false)
by_id() { sort --field-separator=: --key=2,2n --buffer-size=512M --temporary-directory="$folder"; }
by_id <whole.priced >sorted.priced
bill() { jq -cS '.summary | del(.source)' "$1"; }

submit() { # OPTION…
  rm -rf priced bill.json "$folder/events/"*
  { time spark-submit "${settings[@]}" --files reports.ndjson "$@" bill.py >"$folder/submit.log" 2>&1; } 2>"$folder/time" || {
    grep -E '^\S*(Error|Exception)|^Caused by' "$folder/submit.log" | sort -u | head -5
    return 1
  }
}
same_rows() { cmp <(cat priced/part-* | by_id) sorted.priced; }
same_bill() { equal "$(bill bill.json)" "$(bill whole.json)"; }
checks() { # TITLE OPTION…
  check "$1: the job succeeds" submit "${@:2}"
  check "$1: after a sort by id, the bytes of one process" same_rows
  check "$1: the merged sums of the partitions equal one summary" same_bill
}

checks 'local[2]' --master 'local[2]'
rate() { awk -v messages="$messages" '{ printf "%d", messages / ($1 + $2) }' <<<"$1"; } # messages a second of processor time
in_spark=$(rate "$(cat "$folder/time")")

# The cluster: workers have addresses of their own, since copies of a task never run on the same machine.
daemons=()
clean_up() { kill -9 "${daemons[@]}" $(cat "$folder/slow/pid"); wait "${daemons[@]}"; }
port_of() { grep -oP 'at spark://127\.0\.0\.1:\K\d+' "$folder/master.log"; }
registered() { [ "$(grep -c 'Registering worker' "$folder/master.log")" -ge "$1" ]; }
start() { # NAME CLASS ARGUMENT…
  spark-class "org.apache.spark.deploy.$2" "${@:3}" >"$folder/$1.log" 2>&1 &
  daemons+=($!)
}
worker() { # ADDRESS
  start "worker-$1" worker.Worker --host "$1" --port 0 --webui-port 0 --cores 1 --memory 1g "spark://127.0.0.1:$(port_of)"
}
export SPARK_DAEMON_JAVA_OPTS='-Dspark.log.level=INFO -Dspark.master.rest.enabled=false'
start master master.Master --host 127.0.0.1 --port 0 --webui-port 0
wait_for 120 port_of || { tail "$folder/master.log"; exit 1; }
worker 127.0.0.1
worker 127.0.0.2
wait_for 120 registered 2 || { tail "$folder"/worker*.log; exit 1; }
cluster=(--master "spark://127.0.0.1:$(port_of)")

checks 'cluster of two workers' "${cluster[@]}"
partitions() { find priced -name 'part-*' | wc -l; }
check 'there are 16 partitions' equal "$(partitions)" 16
event() { grep -q "$1" "$folder"/events/*; }

# A worker is killed with its executor, once a part is written.
checks_after_kill() {
  checks 'a worker is killed' "${cluster[@]}"
  check 'Spark lost it' event SparkListenerExecutorRemoved
}
kill_worker() {
  wait_for 300 written || return
  pkill -9 --parent "${daemons[-1]}"
  kill -9 "${daemons[-1]}"
}
written() { [ -n "$(find priced/_temporary -name 'part-*' -size +0 2>/dev/null)" ]; }
rm -rf priced
kill_worker &
checks_after_kill
worker 127.0.0.2
wait_for 120 registered 3

# One process writes all its rows and does not end, so that Spark starts a copy of its task.
mkdir "$folder/slow"
cat >"$folder/slow/o-copilot" <<SLOW
#!/bin/bash
[ "\$1" = price ] && mkdir "$folder/slow/first" 2>/dev/null || exec "$folder/bin/o-copilot" "\$@"
"$folder/bin/o-copilot" "\$@"
echo \$\$ >"$folder/slow/pid"
exec sleep 600
SLOW
chmod +x "$folder/slow/o-copilot"
PATH="$folder/slow:$PATH" checks 'a task hangs, with speculation' "${cluster[@]}" --conf spark.speculation=true \
  --conf spark.speculation.quantile=0.3 --conf spark.speculation.minTaskRuntime=2s
check 'Spark ran a copy of it' event '"Speculative":true'
check 'both had written their rows' test -s "$folder/slow/pid"

# A line that is no message.
mv messages.ndjson all.ndjson
sed '7777s/"id":/"di":/' all.ndjson >messages.ndjson
fails_for_it() { fails submit "${cluster[@]}" && grep -q 'exited with error code 65' "$folder/submit.log"; }
check 'an invalid line: the job fails' fails_for_it
check 'and there is no result' equal "$(ls priced/_SUCCESS bill.json 2>/dev/null)" ''

result "Spark 4.3.0, Java $(java -version 2>&1 | grep -oP '"\K[0-9.]+'), $messages messages; a second of processor time prices $in_spark in Spark and $(rate "$one_process") in one process"
