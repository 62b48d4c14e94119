#!/usr/bin/env bash
# Downsampling on a GPU: proof that it gives the CPU's bits, then figures, as one JSON object.
#   bench/gpu.sh bundle           puts all that the rest needs into .gpu/ (a Java runtime too); needs a JDK 25 and Maven Central
#   bench/gpu.sh run [OPTION...]  on a machine with a GPU, from the same checkout with its .gpu/: compute-sanitizer on a small
#                                 case, self-test, measurements; through in nine minutes, whatever happens. Needs bash, tar,
#                                 the driver and a C++ runtime library, no network, and writes to TMPDIR (/tmp) only.
#   bench/gpu.sh host             here, without a GPU: the bundle, and the self-test with the shipped kernels translated
# Options of run: --rounds=N of the self-test, --samples=N of each kind of data (0: no measurements), --series=N of the block,
# --seed=N. SECONDS_MAX (540) and HEAP (8g) are read from the environment.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bundle=$root/.gpu
main=io.meridian.compactor.downsample.cuda.CudaBenchmark
limit=${SECONDS_MAX:-540}
scratch=

bundle() {
  . "$root/.mvn/jdk.sh"
  rm -rf "$bundle" && mkdir -p "$bundle/lib"
  (cd "$root" && ./mvnw -q -B -ntp ${MAVEN_OPTIONS-} -pl compactor -am -DskipTests -Dspotless.check.skip=true package \
    org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies -DincludeScope=runtime \
    -DincludeGroupIds=org.bytedeco,org.slf4j,org.jspecify,com.google.re2j -DoutputDirectory="$bundle/lib")
  for module in lib/model lib/objstore lib/tsdb lib/server compactor; do
    "$JAVA_HOME/bin/jar" --create --file "$bundle/lib/$(basename "$module").jar" -C "$root/$module/target/classes" .
  done
  "$JAVA_HOME/bin/jar" --create --file "$bundle/lib/compactor-tests.jar" -C "$root/compactor/target/test-classes" .
  "$JAVA_HOME/bin/jlink" --add-modules java.base,java.logging,java.management,java.naming,jdk.management,jdk.unsupported \
    --output "$bundle/jre" --compress zip-0 --strip-debug --no-header-files --no-man-pages --vm server
  tar -C "$bundle" -czf "$bundle/jre.tar.gz" jre
  rm -rf "$bundle/jre"
  runtime_library
  echo "$bundle: $(du -sh "$bundle" | cut -f1)"
}

# The bindings want the CUDA 12 runtime library beside the driver, and PyPI has it in the smallest package.
runtime_library() {
  mkdir -p "$bundle/wheel" "$bundle/cuda"
  if python3 -m pip download -q --no-deps --only-binary=:all: --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
    -d "$bundle/wheel" 'nvidia-cuda-runtime-cu12==12.9.*' 2>/dev/null; then
    python3 - "$bundle" <<'P'
import glob, sys, zipfile
bundle = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(bundle + "/wheel/*.whl")[0])
name = next(n for n in wheel.namelist() if n.endswith("/libcudart.so.12"))
open(bundle + "/cuda/libcudart.so.12", "wb").write(wheel.read(name))
P
  else
    echo "no libcudart.so.12 from PyPI: the machine must have the CUDA 12 runtime on its library path" >&2
  fi
  rm -rf "$bundle/wheel"
}

# The runtime has its own folder, since the checkout may be read-only there.
unpack() {
  [ -f "$bundle/jre.tar.gz" ] || { echo "no bundle in $bundle: bench/gpu.sh bundle makes it" >&2; exit 1; }
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/meridian-gpu.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  tar -C "$scratch" -xzf "$bundle/jre.tar.gz"
  export LD_LIBRARY_PATH=$bundle/cuda:/usr/local/nvidia/lib64:/usr/local/nvidia/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  java=("$scratch/jre/bin/java" -XX:+UseCompactObjectHeaders -Xmx"${HEAP:-8g}" --enable-native-access=ALL-UNNAMED
    --sun-misc-unsafe-memory-access=allow -Djava.io.tmpdir="$scratch" -Dorg.bytedeco.javacpp.cachedir="$scratch/javacpp"
    -cp "$bundle/lib/*" "$main")
}

# Prints what it says, in a few words; fails if it found an error.
sanitized() {
  local sanitizer code=0
  sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | head -n 1 || true)
  if [ -z "$sanitizer" ]; then
    echo "no compute-sanitizer here"
    return
  fi
  timeout -k 5 120 "$sanitizer" --tool memcheck --error-exitcode 9 --target-processes all "${java[@]}" \
    --rounds=2 --blocks=1 --samples=0 --seconds=110 >"$scratch/sanitizer.log" 2>&1 || code=$?
  tail -n 60 "$scratch/sanitizer.log" >&2
  echo "$(grep -o 'ERROR SUMMARY.*' "$scratch/sanitizer.log" || echo 'no summary'), exit $code"
  [ "$code" != 9 ]
}

run() {
  local start=$SECONDS note smi code=0 sane=true
  unpack
  smi=$(nvidia-smi --query-gpu=name,driver_version,memory.total,pcie.link.gen.max,pcie.link.width.max --format=csv,noheader \
    2>/dev/null | head -n 1 || true)
  note=$(sanitized) || sane=false
  local left=$((limit - SECONDS + start))
  "${java[@]}" --seconds=$((left > 1 ? left : 1)) --note-sanitizer="$note" --note-nvidia-smi="${smi:-none}" "$@" || code=$?
  $sane || code=9
  return $code
}

host() {
  [ -f "$bundle/jre.tar.gz" ] || bundle
  cd "$root"
  HEAP=${HEAP:-2g}
  unpack
  "${java[@]}" --fake=ptx --rounds=20 --samples=0 "$@"
}

case ${1-} in
  bundle) bundle ;;
  run) shift; run "$@" ;;
  host) shift; host "$@" ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" ;;
esac
