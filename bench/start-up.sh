#!/usr/bin/env bash
# Milliseconds from the start of each process to its first "ready", medians of 5 starts.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
bucket="{type: FILESYSTEM, config: {directory: '$directory/bucket'}}"
mkdir -p "$directory/bucket"

measure() { # NAME ARGUMENTS…
  local name=$1 times=() port=21950
  shift
  for _ in 1 2 3 4 5; do
    local before after
    before=$(date +%s%N)
    "$root/meridian" "$@" --http-address=127.0.0.1:$port >"$directory/log" 2>&1 &
    local pid=$!
    until curl -fsS -o /dev/null "http://127.0.0.1:$port/-/ready" 2>/dev/null; do
      kill -0 $pid 2>/dev/null || { cat "$directory/log"; exit 1; }
      sleep 0.01
    done
    after=$(date +%s%N)
    times+=($(((after - before) / 1000000)))
    kill $pid && wait $pid 2>/dev/null || true
  done
  printf '%-8s %s ms\n' "$name" "$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p)"
}

# builds what is not built, and makes the cache of classes that fits it
"$root/meridian" --version >"$directory/log" 2>&1 || { cat "$directory/log"; exit 1; }

measure query query --grpc-address=127.0.0.1:21951
measure store store --grpc-address=127.0.0.1:21951 --data-dir="$directory/store" --objstore.config="$bucket"
measure compact compact --wait --data-dir="$directory/compact" --objstore.config="$bucket"

if command -v prometheus >/dev/null; then
  printf 'global: {external_labels: {region: here}}\n' >"$directory/prometheus.yml"
  prometheus --config.file="$directory/prometheus.yml" --storage.tsdb.path="$directory/tsdb" --web.enable-lifecycle \
    --storage.tsdb.min-block-duration=2h --storage.tsdb.max-block-duration=2h \
    --web.listen-address=127.0.0.1:21952 >"$directory/prometheus.log" 2>&1 &
  server=$!
  trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$directory"' EXIT
  until curl -fsS -o /dev/null http://127.0.0.1:21952/-/ready 2>/dev/null; do
    kill -0 $server 2>/dev/null || { cat "$directory/prometheus.log"; exit 1; }
    sleep 0.1
  done
  measure sidecar sidecar --grpc-address=127.0.0.1:21951 --prometheus.url=http://127.0.0.1:21952 \
    --tsdb.path="$directory/tsdb"
else
  echo "sidecar  not measured: no prometheus here (apt-get install prometheus)"
fi
