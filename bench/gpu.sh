#!/usr/bin/env bash
# Downsampling on a GPU: proof that it gives the CPU's bits, then figures, as one JSON object.
#   bench/gpu.sh bundle           puts all that the rest needs into .gpu/ (a Java runtime too); needs a JDK 25 and Maven Central
#   bench/gpu.sh run [OPTION...]  on a machine with a GPU, from the same checkout with its .gpu/: self-test, compute-sanitizer
#                                 on a small case, measurements. Nothing else has to be installed there.
#   bench/gpu.sh host             here, without a GPU: the bundle, and the self-test on the driver that is no device
# Options of run: --rounds=N of the self-test, --samples=N of each kind of data (0: no measurements), --series=N of the block,
# --scratch=DIR, --seed=N.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bundle=$root/.gpu
main=io.meridian.compactor.downsample.cuda.CudaBenchmark

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
    --output "$bundle/jre" --compress zip-6 --strip-debug --no-header-files --no-man-pages --vm server
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

java_of_bundle() {
  LD_LIBRARY_PATH=$bundle/cuda:/usr/local/nvidia/lib64:${LD_LIBRARY_PATH-} \
    "$bundle/jre/bin/java" -XX:+UseCompactObjectHeaders -Xmx"${HEAP:-8g}" --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -Dorg.bytedeco.javacpp.cachedir="$bundle/javacpp" -cp "$bundle/lib/*" "$main" "$@"
}

run() {
  [ -x "$bundle/jre/bin/java" ] || { echo "no bundle here: bench/gpu.sh bundle makes it" >&2; exit 1; }
  nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader >&2 || true
  local sanitizer
  sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | head -n 1 || true)
  if [ -n "$sanitizer" ]; then
    echo "compute-sanitizer, small case" >&2
    LD_LIBRARY_PATH=$bundle/cuda:/usr/local/nvidia/lib64:${LD_LIBRARY_PATH-} "$sanitizer" --tool memcheck --error-exitcode 9 \
      --target-processes all "$bundle/jre/bin/java" -Xmx1g --enable-native-access=ALL-UNNAMED \
      -Dorg.bytedeco.javacpp.cachedir="$bundle/javacpp" -cp "$bundle/lib/*" "$main" --rounds=2 --samples=0 >&2
  else
    echo "no compute-sanitizer here: the small case is not checked by it" >&2
  fi
  java_of_bundle "$@"
}

host() {
  [ -x "$bundle/jre/bin/java" ] || bundle
  cd "$root"
  HEAP=2g java_of_bundle --fake --rounds=20 --samples=0 "$@"
}

case ${1-} in
  bundle) bundle ;;
  run) shift; run "$@" ;;
  host) shift; host "$@" ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0" ;;
esac
