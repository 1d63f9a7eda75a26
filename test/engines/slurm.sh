#!/usr/bin/env bash
# Slurm on one node: the array job of docs/distributed.md and its dependent merge, a task that fails, a task requeued.
source "$(dirname "$0")/common.sh"
debian slurm-wlm munge jq

# The daemons of this run alone, with their own key, socket, ports and state.
node=$(hostname -s)
mkdir -m 0700 "$folder/munge" "$folder/state" "$folder/spool"
chmod 711 "$folder"
head -c 1024 /dev/urandom >"$folder/munge/key"
chmod 400 "$folder/munge/key"
read -r port_controller port_node < <(node -e '
  const servers = [0, 0].map(() => require("node:net").createServer().listen(0));
  setTimeout(() => { console.log(...servers.map((s) => s.address().port)); servers.forEach((s) => s.close()); }, 50);')
cat >"$folder/slurm.conf" <<CONF
ClusterName=engines
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$port_controller
SlurmdPort=$port_node
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SchedulerParameters=sched_interval=1,defer=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 RealMemory=2048 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$folder/slurm.conf"
daemons=()
clean_up() {
  scancel --user=root
  for daemon in "${daemons[@]}"; do kill "$daemon"; done
  wait_for 10 fails pgrep -f "$folder/slurm.conf"
  wait "${daemons[@]}"
}
munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --num-threads=2 \
  --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" 2>/dev/null &
daemons+=($!)
wait_for 20 test -S "$folder/munge/socket" || { cat "$folder/munge/log"; exit 1; }
slurmctld -D -f "$SLURM_CONF" 2>"$folder/slurmctld.log" &
daemons+=($!)
slurmd -D -f "$SLURM_CONF" -N "$node" 2>"$folder/slurmd.log" &
daemons+=($!)
idle() { [ "$(sinfo --noheader --format=%T)" = idle ]; }
wait_for 60 idle || { tail -20 "$folder"/slurm*.log; sinfo; exit 1; }

mkdir "$folder/data" && cd "$folder/data" || exit 1
node "$repository/test/engines/messages.mjs" 200000 messages.ndjson reports.ndjson
o-copilot price --reports reports.ndjson --output whole.priced <messages.ndjson
o-copilot summary --json --output whole.json --from-priced whole.priced || exit 1
split --number=l/20 --numeric-suffixes messages.ndjson part.
recipe Slurm 1 >price.sh
recipe Slurm 2 >submit.sh
sbatch() { # the recipe's, with fewer tasks, and the id of the job that merges
  case $* in
    *price.sh) command sbatch --array=0-19 "$@" ;;
    *) merge=$(command sbatch --parsable "$@") ;;
  esac
}
state() { scontrol --oneliner show job "$1" 2>/dev/null | grep -oP 'JobState=\K\w+' | sort -u | paste -sd,; }
running() { [ "$(state "$1")" = RUNNING ]; }
ended() { fails grep -qE 'PENDING|RUNNING|COMPLETING|CONFIGURING|SUSPENDED|REQUEUE' <<<"$(state "$1")"; }
bill() { jq -cS '.summary | del(.source)' "$1"; }

# A partition with an invalid line.
cp part.03 good
sed -i '5s/"id":/"di":/' part.03
source submit.sh
wait_for 400 ended "$merge"
wait_for 400 ended "$job"
check 'a task with an invalid line fails with status 65' \
  grep -q 'JobState=FAILED.* ExitCode=65:0' <<<"$(scontrol --oneliner show job "${job}_3")"
check 'the other tasks are done' equal "$(scontrol --oneliner show job "$job" | grep -c JobState=COMPLETED)" 19
check 'the failed part is absent' equal "$(echo part.03*) $(ls part.*.priced | wc -l)" 'part.03 19'
check 'the merge that depends on it is cancelled' equal "$(state "$merge") $(ls bill.json 2>&1 | grep -c cannot)" 'CANCELLED 1'
mv good part.03
check 'the failed task is requeued' scontrol requeue "${job}_3"
wait_for 400 ended "$job"
check 'and is done' equal "$(state "$job") $(ls part.*.priced | wc -l)" 'COMPLETED 20'

# All of it again; a task is requeued while it runs.
rm part.*.priced part.*.json
source submit.sh
wait_for 400 running "${job}_10"
check 'a running task is requeued' scontrol requeue "${job}_10"
wait_for 400 ended "$merge"
check 'every task is done' equal "$(state "$job")" COMPLETED
check 'the requeued task was started twice' grep -q Restarts=1 <<<"$(scontrol --oneliner show job "${job}_10")"
check 'the merge that depends on them is done' equal "$(state "$merge")" COMPLETED
check 'the parts are the bytes of one process' cmp <(cat part.??.priced) whole.priced
check 'the merged summaries equal the summary of one process' equal "$(bill bill.json)" "$(bill whole.json)"

result "Slurm $(slurmctld -V | cut -d' ' -f2)"
