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
bench/run.sh promql [small|large]   range queries over HTTP beside Prometheus on the same block: the one on the PATH, or
                                    $MERIDIAN_BENCH_PROMETHEUS; --gzip: with compressed answers;
                                    --peer NAME=URL[=PID]: beside a server that runs already, on the same data (without
                                    its process id there is no CPU time and no memory of it); --case REGEX: some cases
bench/run.sh gpu bundle|run|host   downsampling on a GPU: bits and rates (see bench/gpu.sh)
bench/run.sh merge [SERIES [RUNS]]  12 blocks of 2 h into one, beside copying the same files (100,000 series, 3 runs)
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
  mkdir -p "$work"
  (cd "$root" && ./mvnw -q -B -ntp -pl bench -am -DskipTests -Dspotless.check.skip=true package \
    dependency:build-classpath -Dmdep.outputFile="$work/classpath")
  class_path="$root/bench/target/classes:$root/cli/target/dist/lib/*:$(cat "$work/classpath")"
}

run_java() {
  "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
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

promql() {
  local set=small peer= encoding=identity pattern=".*"
  while [ $# -gt 0 ]; do
    case $1 in
      --peer) peer=$2; shift ;;
      --gzip) encoding=gzip ;;
      --case) pattern=$2; shift ;;
      *) set=$1 ;;
    esac
    shift
  done
  build
  local data=$work/$set
  if [ ! -f "$data/complete" ]; then
    rm -rf "$data" && mkdir -p "$data/tsdb"
    run_java io.meridian.bench.BenchBlocks "$set" "$data/tsdb"
    touch "$data/complete"
  fi
  local peer_name=prometheus peer_url=http://127.0.0.1:$port_peer peer_pid started=
  local prometheus=${MERIDIAN_BENCH_PROMETHEUS:-prometheus}
  if [ -n "$peer" ]; then
    IFS='=' read -r peer_name peer_url peer_pid <<<"$peer"
  else
    command -v "$prometheus" >/dev/null || { echo "no prometheus here (apt-get install prometheus)" >&2; exit 1; }
    printf 'global: {scrape_interval: 1m}\n' >"$data/prometheus.yml"
    "$prometheus" --config.file="$data/prometheus.yml" --storage.tsdb.path="$data/tsdb" \
      --storage.tsdb.retention.time=50y --enable-feature=native-histograms \
      --web.listen-address=127.0.0.1:$port_peer >"$data/prometheus.log" 2>&1 &
    peer_pid=$!
    started=$peer_pid
    # shellcheck disable=SC2064
    trap "kill $started 2>/dev/null || true" EXIT
    await "$peer_url/-/ready"
  fi
  local bucket="{type: FILESYSTEM, config: {directory: '$data/bucket'}}"
  mkdir -p "$data/bucket"
  "$root/meridian" tools bucket upload-blocks --path "$data/tsdb" --label 'region="eu"' --objstore.config="$bucket" >/dev/null
  "$root/meridian" all --data-dir="$data/meridian" --objstore.config="$bucket" --log.level=warn \
    --http-address=127.0.0.1:$port_ours --grpc-address=127.0.0.1:$((port_ours + 1)) >"$data/meridian.log" 2>&1 &
  our_pid=$!
  # shellcheck disable=SC2064
  trap "kill $started $our_pid 2>/dev/null || true" EXIT
  await "http://127.0.0.1:$port_ours/-/ready"
  run_java io.meridian.bench.PromqlComparison "$set" "http://127.0.0.1:$port_ours" "$our_pid" \
    "$peer_name" "$peer_url" "${peer_pid-}" "$encoding" "$pattern"
}

small_block() {
  data=$work/small
  if [ ! -f "$data/complete" ]; then
    rm -rf "$data" && mkdir -p "$data/tsdb"
    run_java io.meridian.bench.BenchBlocks small "$data/tsdb"
    touch "$data/complete"
  fi
}

pids=()
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
  build && small_block
  local bucket="{type: FILESYSTEM, config: {directory: '$data/bucket'}}" thanos=${MERIDIAN_PEERS-}/thanos servers=()
  mkdir -p "$data/bucket"
  "$root/meridian" tools bucket upload-blocks --path "$data/tsdb" --label 'region="eu"' --objstore.config="$bucket" >/dev/null
  serve meridian $port_ours "$root/meridian" store --data-dir="$data/store" --objstore.config="$bucket"
  [ ! -x "$thanos" ] || serve thanos $port_peer "$thanos" store --data-dir="$data/thanos-store" --objstore.config="$bucket"
  run_java io.meridian.bench.SeriesComparison "${servers[@]}"
}

sidecar_series() {
  build && small_block
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

case ${1-} in
  xor-decode) build; run_java org.openjdk.jmh.Main XorDecodeBenchmark -prof gc ;;
  promql) shift; promql "$@" ;;
  gpu) shift; exec "$root/bench/gpu.sh" "$@" ;;
  merge) build; mkdir -p "$work"; run_java io.meridian.bench.BlockWork merge "$work" "${2:-100000}" "${3:-3}" ;;
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
