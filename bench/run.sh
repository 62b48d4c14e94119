#!/usr/bin/env bash
# Measurements. Without arguments: what there is. `bench/run.sh NAME [OPTIONS]` runs one.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.mvn/jdk.sh"
work=${MERIDIAN_BENCH_DIR:-${TMPDIR:-/tmp}/meridian-bench}
port_ours=21902
port_peer=21990

usage() {
  cat <<'T'
bench/run.sh xor-decode             decoding of XOR chunks, one core (JMH)
bench/run.sh engine [small|large]   range queries in the engine alone (JMH): time, allocation, samples/s
bench/run.sh promql [small|large]   range queries over HTTP beside Prometheus on the same block, the one on the PATH;
                                    MERIDIAN_PEERS=DIR: beside the `prometheus` and the `victoria-metrics` in DIR;
                                    --peer NAME=URL[=PID], for each: beside servers that run already, on the same data
                                    (without its process id there is no CPU time and no memory of one);
                                    --gzip: with compressed answers
                                    both: --case REGEX: some cases; --cores N: each server on N CPUs (2), the client on
                                    the others if there are any (servers that run already have what they were given)
bench/run.sh gpu bundle|run|host   downsampling on a GPU: bits and rates (see bench/gpu.sh)
bench/run.sh merge [SERIES [RUNS]]  12 blocks of 2 h into one, in turn with copying the same files (100,000 series, 5 runs), and
                                    beside the compaction of the Prometheus on the PATH (or $MERIDIAN_BENCH_PROMETHEUS), which
                                    begins after a minute; MERIDIAN_PEERS=DIR: of the `prometheus` and `thanos` in DIR, too
bench/run.sh downsample-kernel        decode, five aggregates, encode on one core, per kind of data
bench/run.sh block-to-block [SERIES [RUNS]]
                                    two weeks of raw samples to 5 minutes (20,000 series, 3 runs)
bench/run.sh start-up               each process, from its start to ready
bench/run.sh store-start            store gateway: 1,000 blocks at 30 ms per request until all can answer, cold and warm
bench/run.sh store-series           one Series call for everything over the store gateway: rate, CPU, peak memory
bench/run.sh sidecar-series         the same over the sidecar of a Prometheus
                                    MERIDIAN_PEERS=DIR: beside the `thanos` (and with the `prometheus`) in DIR
bench/run.sh index [SERIES]         index-header and look-ups of a block with 1,000,000 series
T
}

build() {
  local built=$root/bench/target/class-path
  mkdir -p "$work"
  if [ ! -f "$built" ] || [ -n "$(find "$root" -path '*/src/main/*' -newer "$built" -type f -print -quit)" ]; then
    (cd "$root" && ./mvnw -q -B -ntp -pl bench -am -DskipTests -Dspotless.check.skip=true package \
      dependency:build-classpath -Dmdep.outputFile="$built")
  fi
  class_path="$root/bench/target/classes:$root/cli/target/dist/lib/*:$(cat "$built")"
}

pin=() # before a program: the CPUs that it may use
run_java() {
  "${pin[@]}" "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -XX:+UseCompactObjectHeaders -cp "$class_path" "$@"
}

await() { # URL
  for _ in $(seq 300); do
    curl -fsS -o /dev/null "$1" 2>/dev/null && return
    sleep 0.1
  done
  echo "not ready: $1" >&2
  exit 1
}

blocks() { # SET: its block in $data/tsdb, made once
  data=$work/$1
  if [ ! -f "$data/complete" ]; then
    rm -rf "$data" && mkdir -p "$data/tsdb"
    run_java io.meridian.bench.BenchBlocks "$1" "$data/tsdb"
    touch "$data/complete"
  fi
}

options() { # what `engine` and `promql` are told
  set=small encoding=identity pattern=. cores=2 given=()
  while [ $# -gt 0 ]; do
    case $1 in
      --peer) given+=("$2"); shift ;;
      --gzip) encoding=gzip ;;
      --case) pattern=$2; shift ;;
      --cores) cores=$2; shift ;;
      *) set=$1 ;;
    esac
    shift
  done
  server_cpus=() client_cpus=()
  if [ "$cores" -lt "$(nproc)" ]; then
    server_cpus=(taskset -c "0-$((cores - 1))") client_cpus=(taskset -c "$cores-$(($(nproc) - 1))")
  fi
}

engine() {
  options "$@"
  build && blocks "$set"
  pin=("${server_cpus[@]}")
  run_java io.meridian.bench.EngineBenchmark "$set" "$data/tsdb" "$pattern"
}

pids=()
start() { # URL LOG COMMAND…: a server, until it is ready
  local url=$1 log=$2
  shift 2
  "${server_cpus[@]}" "$@" >"$log" 2>&1 &
  pids+=($!)
  trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
  await "$url"
}

promql() {
  options "$@"
  build && blocks "$set"
  local ours=http://127.0.0.1:$port_ours prometheus=${MERIDIAN_PEERS:+$MERIDIAN_PEERS/}prometheus
  local bucket="{type: FILESYSTEM, config: {directory: '$data/bucket'}}" peers=("${given[@]}")
  mkdir -p "$data/bucket"
  "$root/meridian" tools bucket upload-blocks --path "$data/tsdb" --label 'region="eu"' --objstore.config="$bucket" >/dev/null
  start "$ours/-/ready" "$data/meridian.log" "$root/meridian" all --data-dir="$data/meridian" --objstore.config="$bucket" \
    --log.level=warn --http-address=127.0.0.1:$port_ours --grpc-address=127.0.0.1:$((port_ours + 1))
  local servers=("meridian=$ours=$!")
  if [ ${#peers[@]} = 0 ]; then
    start_prometheus
    [ -z "${MERIDIAN_PEERS-}" ] || [ ! -x "$MERIDIAN_PEERS/victoria-metrics" ] || start_victoria
  fi
  pin=("${client_cpus[@]}")
  run_java io.meridian.bench.PromqlComparison "$set" "$encoding" "$pattern" "${servers[@]}" "${peers[@]}"
}

start_prometheus() {
  command -v "$prometheus" >/dev/null || { echo "no prometheus here (apt-get install prometheus)" >&2; exit 1; }
  printf 'global: {scrape_interval: 1m}\n' >"$data/prometheus.yml"
  local url=http://127.0.0.1:$port_peer
  start "$url/-/ready" "$data/prometheus.log" "$prometheus" --config.file="$data/prometheus.yml" \
    --storage.tsdb.path="$data/tsdb" --storage.tsdb.retention.time=50y --enable-feature=native-histograms \
    --web.listen-address=127.0.0.1:$port_peer
  peers+=("prometheus=$url=$!")
}

start_victoria() {
  local url=http://127.0.0.1:$((port_peer + 7))
  [ -f "$data/victoria/complete" ] || rm -rf "$data/victoria"
  start "$url/health" "$data/victoria.log" "$MERIDIAN_PEERS/victoria-metrics" -storageDataPath="$data/victoria" \
    -retentionPeriod=100y -search.latencyOffset=0s -httpListenAddr=127.0.0.1:$((port_peer + 7))
  peers+=("victoriametrics=$url=$!")
  [ -f "$data/victoria/complete" ] || run_java io.meridian.bench.VictoriaImport "$data/tsdb" "$url"
  touch "$data/victoria/complete"
}

serve() { # NAME PORT COMMAND…: HTTP at PORT, gRPC at the next one
  local name=$1 port=$2
  shift 2
  "$@" --http-address=127.0.0.1:$port --grpc-address=127.0.0.1:$((port + 1)) >"$work/$name.log" 2>&1 &
  pids+=($!)
  trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
  await "http://127.0.0.1:$port/-/ready"
  servers+=("$name=127.0.0.1:$((port + 1))=$!")
}

store_series() {
  build && blocks small
  local bucket="{type: FILESYSTEM, config: {directory: '$data/bucket'}}" thanos=${MERIDIAN_PEERS-}/thanos servers=()
  mkdir -p "$data/bucket"
  "$root/meridian" tools bucket upload-blocks --path "$data/tsdb" --label 'region="eu"' --objstore.config="$bucket" >/dev/null
  serve meridian $port_ours "$root/meridian" store --data-dir="$data/store" --objstore.config="$bucket"
  [ ! -x "$thanos" ] || serve thanos $port_peer "$thanos" store --data-dir="$data/thanos-store" --objstore.config="$bucket"
  run_java io.meridian.bench.SeriesComparison "${servers[@]}"
}

sidecar_series() {
  build && blocks small
  local prometheus=${MERIDIAN_PEERS-}/prometheus thanos=${MERIDIAN_PEERS-}/thanos servers=()
  [ -x "$prometheus" ] || prometheus=$(command -v prometheus) ||
    { echo "no prometheus here (apt-get install prometheus, or MERIDIAN_PEERS=DIR)" >&2; exit 1; }
  printf 'global: {scrape_interval: 1m, external_labels: {region: eu}}\n' >"$data/sidecar.yml"
  "$prometheus" --config.file="$data/sidecar.yml" --storage.tsdb.path="$data/tsdb" --storage.tsdb.retention.time=50y \
    --storage.tsdb.min-block-duration=2h --storage.tsdb.max-block-duration=2h \
    --web.listen-address=127.0.0.1:$((port_peer + 5)) >"$work/prometheus.log" 2>&1 &
  pids+=($!)
  trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
  await "http://127.0.0.1:$((port_peer + 5))/-/ready"
  local source=(--prometheus.url="http://127.0.0.1:$((port_peer + 5))" --tsdb.path="$data/tsdb")
  serve meridian $port_ours "$root/meridian" sidecar "${source[@]}"
  [ ! -x "$thanos" ] || serve thanos $port_peer "$thanos" sidecar "${source[@]}"
  run_java io.meridian.bench.SeriesComparison "${servers[@]}"
}

merge() {
  build && mkdir -p "$work"
  local program peers=()
  for program in "$(command -v "${MERIDIAN_BENCH_PROMETHEUS:-prometheus}" || true)" "${MERIDIAN_PEERS-}"/{prometheus,thanos}; do
    [ ! -x "$program" ] || peers+=("$program")
  done
  run_java io.meridian.bench.BlockWork merge "$work" "${1:-100000}" "${2:-5}" "${peers[@]}"
}

case ${1-} in
  xor-decode) build; run_java org.openjdk.jmh.Main XorDecodeBenchmark -prof gc ;;
  engine) shift; engine "$@" ;;
  promql) shift; promql "$@" ;;
  gpu) shift; exec "$root/bench/gpu.sh" "$@" ;;
  merge) shift; merge "$@" ;;
  downsample-kernel) build; run_java io.meridian.bench.KernelBenchmark ;;
  block-to-block) build; mkdir -p "$work"; run_java io.meridian.bench.BlockWork block-to-block "$work" "${2:-20000}" "${3:-3}" ;;
  start-up) build; "$root/bench/start-up.sh" ;;
  store-start)
    (cd "$root" && ./mvnw -B -ntp -pl store-gateway -am -Dspotless.check.skip=true -Dsurefire.failIfNoSpecifiedTests=false \
      -Dtest=RemoteLatencyTest test) 2>&1 | grep -E '^(1000 blocks|next sync|[0-9]+ series)|ERROR' ;;
  store-series) store_series ;;
  sidecar-series) sidecar_series ;;
  index) build; run_java io.meridian.bench.IndexBenchmark "$work/index" "${2-1000000}" ;;
  *) usage ;;
esac
